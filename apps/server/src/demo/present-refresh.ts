import type { Watchword, WatchwordEvent } from 'watchword';
import type { Witness } from './witness.ts';

/** Who shows a refresh token: what of a request the library looks at. */
export interface Presenter {
  readonly remoteAddress: string | undefined;
  header(name: string): string | undefined;
}

/** What became of a refresh, without the tokens that its answer carries. */
export type Presented =
  | { readonly kind: 'served'; readonly outcome: ServedOutcome; readonly generation: number }
  | {
      readonly kind: 'reused';
      readonly presentedGeneration: number;
      readonly generation: number;
      readonly refusal: Refusal;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type ServedOutcome = (typeof SERVED)[keyof typeof SERVED];

/** A problem document, which carries no token. */
export type Refusal = Awaited<ReturnType<Watchword['http']['handle']>>;

/** Refreshes through the library's own door, and drops the answer. */
export async function presentRefresh(
  auth: Watchword,
  witness: Witness,
  { remoteAddress, header }: Presenter,
): Promise<Presented> {
  const { result, events } = await witness.watch(() =>
    auth.http.handle({
      method: 'POST',
      path: '/auth/refresh',
      remoteAddress,
      header,
      readBody: async () => ({ kind: 'bytes', bytes: new Uint8Array() }),
    }),
  );
  for (const event of events) {
    const presented = readEvent(event, result);
    if (presented !== undefined) return presented;
  }
  return { kind: 'refused', refusal: result };
}

function readEvent(event: WatchwordEvent, refusal: Refusal): Presented | undefined {
  if (event.type === 'refresh_reused') {
    const { generation, presentedGeneration } = event;
    return { kind: 'reused', generation, presentedGeneration, refusal };
  }
  if (!('generation' in event) || !isServed(event.type)) return undefined;
  return { kind: 'served', outcome: SERVED[event.type], generation: event.generation };
}

const SERVED = {
  refresh_rotated: 'rotated',
  refresh_current: 'current',
  refresh_resent: 'resent',
  refresh_resent_late: 'resent_late',
  refresh_moved_forward: 'moved_forward',
} as const;

function isServed(type: string): type is keyof typeof SERVED {
  return Object.hasOwn(SERVED, type);
}
