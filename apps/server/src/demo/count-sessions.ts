import type { Watchword } from 'watchword';

/** `GET /demo/sessions`: how many revoking everything would end, so that the button can say it. */
export function countSessions(auth: Watchword) {
  return async (): Promise<unknown> => ({ live_sessions: await auth.sessions.count() });
}
