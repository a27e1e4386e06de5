import {
  revocationBytes,
  type LogHead,
  type RevocationRecord,
  type RevocationTarget,
} from '../domain/revocation.ts';
import { epochMs, type EpochMs } from '../domain/time.ts';
import type { RevocationLifetimes } from '../ports/store/revocation-log.ts';

/** What an entry of the log says before it has a place in it. */
export interface RevocationEntry {
  readonly target: RevocationTarget;
  readonly atMs: EpochMs;
  readonly expiresMs: EpochMs;
}

export type CutoffTarget = Extract<RevocationTarget, { beforeMs: EpochMs }>;

/**
 * An entry that is kept for as long as a token may live that was minted by `newestMs`. That is the store's
 * clock, or what the row says if the clock was set back meanwhile: such a token outlives one that is minted
 * now.
 */
export function tokenLongEntry(
  target: RevocationTarget,
  times: { readonly atMs: EpochMs; readonly newestMs: number },
  lifetimes: RevocationLifetimes,
): RevocationEntry {
  const { atMs, newestMs } = times;
  return { target, atMs, expiresMs: epochMs(Math.ceil(Math.max(atMs, newestMs) + lifetimes.tokenMs)) };
}

/**
 * A cut-off, kept from T and not from the clock: T lies ahead of a clock that was set back, and so do the
 * sessions.
 */
export function cutoffEntry(
  target: CutoffTarget,
  atMs: EpochMs,
  lifetimes: RevocationLifetimes,
): RevocationEntry {
  return { target, atMs, expiresMs: epochMs(Math.ceil(target.beforeMs + lifetimes.cutoffMs)) };
}

/**
 * T of a cut-off: it hits all that it covers, also what started this very millisecond or under a clock set
 * back.
 */
export function cutoffMs(nowMs: EpochMs, greatestStartedMs: number | undefined): EpochMs {
  return epochMs(greatestStartedMs === undefined ? nowMs : Math.max(nowMs, greatestStartedMs + 1));
}

/** When a session starts: after each cut-off that is recorded, so that no cut-off of the past can hit it. */
export function sessionStartMs(nowMs: EpochMs, greatestCutoffMs: number | undefined): EpochMs {
  return epochMs(greatestCutoffMs === undefined ? nowMs : Math.max(nowMs, greatestCutoffMs + 1));
}

/**
 * Puts `entry` behind `head`: the next sequence number, and the hash over its predecessor's hash and its own
 * bytes.
 */
export function chainEntry(
  head: LogHead,
  entry: RevocationEntry,
  digest: (bytes: Uint8Array) => Uint8Array,
): RevocationRecord {
  const placed = { sequence: head.sequence + 1, ...entry };
  const bytes = revocationBytes(placed);
  const covered = new Uint8Array(head.hash.length + bytes.length);
  covered.set(head.hash);
  covered.set(bytes, head.hash.length);
  return { ...placed, hash: digest(covered) };
}
