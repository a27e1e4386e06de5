import type { LogHead } from '../../domain/revocation.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { VerifierRow } from '../../ports/store/verifier-store.ts';

/** Three receipts that did not come: what such a verifier still accepts is bounded by its own staleness. */
const SILENT_MS = 30_000;

/** `behind`: it has not taken in all entries yet; `silent`: it was not heard for 30 seconds, whatever it knew then. */
export type VerifierState = 'current' | 'behind' | 'silent';

/** A place in one history of the log. */
export type LogPlace = Pick<LogHead, 'epoch' | 'sequence'>;

/** A verifier in another service, as its receipts show it. */
export interface VerifierStatus {
  /** The client whose credential it has. */
  readonly clientId: string;
  /** Which of that client's processes it is, 32 hex digits. */
  readonly instance: string;
  readonly name: string;
  /** The version of the library that it runs. */
  readonly version: string;
  readonly state: VerifierState;
  /** Up to which entry of the log it has taken in all; of a history before the head's, if `state` is not `current`. */
  readonly sequence: number;
  /** How many entries it lacks; all of them, where it knows another history of the log. */
  readonly behind: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** How long it has not been heard, in milliseconds. */
  readonly silentMs: number;
  /** When it was first heard to be at `sequence`. */
  readonly appliedMs: number;
}

export function statusOf(row: VerifierRow, head: LogPlace, nowMs: EpochMs): VerifierStatus {
  const { clientId, instance, name, version, sequence, firstSeenMs, lastSeenMs, appliedMs } = row;
  const behind = entriesBehind(row, head);
  const state = isSilent(row, nowMs) ? 'silent' : stateOf(row, head);
  const silentMs = silentSinceMs(row, nowMs);
  const times = { firstSeenMs, lastSeenMs, silentMs, appliedMs };
  return { clientId, instance, name, version, state, sequence, behind, ...times };
}

/** Whether it has taken in all entries up to `place`. */
export function hasReached(row: VerifierRow, { epoch, sequence }: LogPlace): boolean {
  return row.epoch === epoch && row.sequence >= sequence;
}

export function isSilent(row: VerifierRow, nowMs: EpochMs): boolean {
  return silentSinceMs(row, nowMs) >= SILENT_MS;
}

export function silentSinceMs({ lastSeenMs }: VerifierRow, nowMs: EpochMs): number {
  return Math.max(0, nowMs - lastSeenMs);
}

export function entriesBehind(row: VerifierRow, { epoch, sequence }: LogPlace): number {
  return row.epoch === epoch ? Math.max(0, sequence - row.sequence) : sequence;
}

function stateOf(row: VerifierRow, head: LogPlace): VerifierState {
  return hasReached(row, head) ? 'current' : 'behind';
}
