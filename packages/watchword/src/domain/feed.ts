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

/** What a verifier may send along, so that it knows an answer from one that was given to somebody else or earlier. */
export const NONCE_PATTERN: RegExp = /^[A-Za-z0-9_-]{1,64}$/;

/** The name of a process's clock. */
export const CLOCK_PATTERN: RegExp = /^[0-9a-f]{16}$/;

/** The name of a history of the log. */
export const EPOCH_PATTERN: RegExp = /^[0-9a-f]{32}$/;

/** `epoch.sequence.hash`, the hash in base64url: the id of a server-sent event, and what a verifier resumes from. */
export const POSITION_PATTERN: RegExp = /^([0-9a-f]{32})\.(0|[1-9]\d{0,15})\.([A-Za-z0-9_-]{43})$/;

const HASH_BYTES = 32;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function formatPosition({ epoch, sequence, hash }: LogHead): string {
  return `${epoch}.${sequence}.${formatHash(hash)}`;
}

/** Takes the one spelling of a position that `formatPosition` gives. */
export function parsePosition(text: unknown): LogHead | undefined {
  const [, epoch, digits, hashText] = typeof text === 'string' ? (POSITION_PATTERN.exec(text) ?? []) : [];
  if (epoch === undefined || digits === undefined || hashText === undefined) return undefined;
  const sequence = Number(digits);
  const hash = parseHash(hashText);
  return hash !== undefined && Number.isSafeInteger(sequence) ? { epoch, sequence, hash } : undefined;
}

/** The 32 bytes of a hash in base64url without padding. */
function formatHash(hash: Uint8Array): string {
  let text = '';
  for (let at = 0; at < HASH_BYTES; at += 3) {
    const bits = ((hash[at] ?? 0) << 16) | ((hash[at + 1] ?? 0) << 8) | (hash[at + 2] ?? 0);
    for (const shift of [18, 12, 6, 0]) text += BASE64URL.charAt((bits >>> shift) & 63);
  }
  // The last three bytes would be 30, 31 and one more.
  return text.slice(0, -1);
}

function parseHash(text: string): Uint8Array | undefined {
  const hash = new Uint8Array(HASH_BYTES);
  let [bits, count, at] = [0, 0, 0];
  for (const character of text) {
    bits = ((bits << 6) | BASE64URL.indexOf(character)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    hash[at] = bits >>> count;
    at += 1;
  }
  // Bits that are left over have to be zero: otherwise one hash would have four spellings.
  return formatHash(hash) === text ? hash : undefined;
}

/** What people call a verifier: 1 to 64 characters, none of which moves or hides what stands beside it. */
export const VERIFIER_NAME_PATTERN: RegExp = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u;
