import type { Watchword } from 'watchword';

/** `POST /demo/revoke-all`: ends every session of everybody, as an operator would after a breach. */
export function revokeAll(auth: Watchword) {
  return async (): Promise<unknown> => {
    const { sequence } = await auth.revoke.all();
    return { sequence };
  };
}
