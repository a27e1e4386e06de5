import type { RemoteFeedStatus } from 'watchword/verifier';

/**
 * How old the knowledge of revocations may be at the two routes of each service: one that is soon too old when something breaks, and
 * the default.
 */
export const BOUNDS_MS = [3000, 10_000] as const;

/** What the referee calls a token, and the token. */
export type NamedToken = readonly [name: string, token: string];

/** What a service answered about a token again and again, without a pause of more than `LONGEST_PAUSE_MS`. */
export interface Run {
  readonly name: string;
  readonly boundMs: number;
  /** `''` where the token was taken. */
  readonly code: string;
  /** When the first and the last of these answers began, of the machine's monotonic clock. */
  readonly fromMs: number;
  toMs: number;
}

export const LONGEST_PAUSE_MS = 100;

export interface VerifierSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** Where the issuer is, seen from this service. */
  readonly server: string;
  /** The issuer's keys, where they are not fetched. */
  readonly keys?: unknown;
  readonly snapshotPath?: string;
}

export type VerifierQuestion =
  /** To verify these again and again from now on. */
  | { readonly ask: 'sample'; readonly tokens: readonly NamedToken[] }
  /** What was answered since this was last asked. */
  | { readonly ask: 'runs' }
  /** What it says of each of these now, at the longest bound. */
  | { readonly ask: 'codes'; readonly tokens: readonly NamedToken[] }
  | { readonly ask: 'status' }
  /** To end in good order. */
  | { readonly ask: 'close' };

export type VerifierAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sample' }
  | { readonly kind: 'runs'; readonly runs: readonly Run[] }
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  | {
      readonly kind: 'status';
      readonly feed: RemoteFeedStatus;
      /** How often each event happened. */
      readonly events: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'close' };
