import type { EpochMs } from '../domain/time.ts';
import type { VerifierRow } from '../ports/store/verifier-store.ts';

/** A row of `verifiers` as databases give it. */
export interface StoredVerifierRow {
  readonly client_id: string;
  readonly instance: string;
  readonly name: string;
  readonly version: string;
  readonly epoch: string;
  readonly sequence: number;
  readonly first_seen_ms: EpochMs;
  readonly last_seen_ms: EpochMs;
  readonly applied_ms: EpochMs;
}

export function verifierFromRow(row: StoredVerifierRow): VerifierRow {
  return {
    clientId: row.client_id,
    instance: row.instance,
    name: row.name,
    version: row.version,
    epoch: row.epoch,
    sequence: row.sequence,
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: row.last_seen_ms,
    appliedMs: row.applied_ms,
  };
}
