import type { LogHead } from './revocation.ts';

/*
 * The feed carries the revocation log to verifiers in other services. Wire format: docs/protocol.md, "The feed".
 */

/** What the issuer signs each second, with each batch of entries and with each snapshot: `typ` `ww-feed+jwt`. */
export interface FeedCheckpoint {
  /** `iss`. */
  readonly issuer: string;
  /** Where the log stood when the issuer's process last read it from the primary: `epoch`, `seq`, `hash`. */
  readonly head: LogHead;
  /** `as_of`: when it did so, on the clock of that process, in milliseconds. That clock never goes back. */
  readonly asOfMs: number;
  /** `now`: the same clock when this was signed. */
  readonly nowMs: number;
  /** `clock`: which process's clock it is, random, 16 hex digits. */
  readonly clock: string;
  /** `keys`: counts the changes of the installation's keys; when it changes, keys are fetched again. */
  readonly keyRevision: number;
  /** `settle_ms`: how old an access token has to be in use for that to settle its generation; 0 where nothing settles. */
  readonly settleMs: number;
  /** `nonce`: what the verifier sent with the request that this answers. */
  readonly nonce?: string;
  /** `snapshot`: SHA-256 of the bytes of the snapshot that this stands behind. */
  readonly snapshot?: Uint8Array;
}

/** `epoch.sequence.hash`, the hash in base64url: the id of a server-sent event, and what a verifier resumes from. */
export const POSITION_PATTERN: RegExp = /^([0-9a-f]{32})\.(0|[1-9]\d{0,15})\.([A-Za-z0-9_-]{43})$/;
