import type { Column } from '../output/format-table.ts';
import { relativeTime } from '../output/relative-time.ts';

/** The feed as the admin API shows it. */
export interface AdminFeed {
  readonly head: { readonly epoch: string; readonly sequence: number };
  readonly connections: number;
  readonly relay: {
    readonly kind: string;
    readonly connected: boolean;
    readonly fault: string | null;
  } | null;
  readonly verifiers: readonly AdminVerifier[];
}

export interface AdminVerifier {
  readonly client_id: string;
  readonly instance: string;
  readonly name: string;
  readonly version: string;
  readonly state: 'current' | 'behind' | 'silent';
  readonly sequence: number;
  readonly behind: number;
  readonly last_seen_at: string;
  readonly silent_ms: number;
}

export const VERIFIER_COLUMNS: readonly Column<AdminVerifier>[] = [
  { title: 'VERIFIER', value: ({ name }) => name },
  { title: 'CLIENT', value: (verifier) => verifier.client_id },
  { title: 'VERSION', value: ({ version }) => version },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'BEHIND', value: ({ behind }) => String(behind) },
  {
    title: 'LAST HEARD',
    value: (verifier) => verifier.last_seen_at,
    // By the clock of the store, which need not be this machine's.
    shown: (verifier) => relativeTime(-verifier.silent_ms, 0),
  },
];

/** Where the log stands, and what carries it. */
export function describeFeed({ head, connections, relay }: AdminFeed): string {
  const reason = relay?.fault ? ` (${relay.fault})` : '';
  const carried =
    relay === null ? '' : `; ${relay.kind} is ${relay.connected ? 'connected' : `away${reason}`}`;
  return `The log stands at entry ${head.sequence}; ${connections} connected to this server${carried}.`;
}
