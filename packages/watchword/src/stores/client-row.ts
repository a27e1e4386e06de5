import type { Client, ClientRole } from '../domain/client.ts';
import type { EpochMs } from '../domain/time.ts';
import type { ClientRecord } from '../ports/store/client-store.ts';

/** A row of `clients` whose client was not deleted. */
export interface ClientRow {
  readonly id: string;
  readonly name: string;
  /** A JSON array. */
  readonly roles: string;
  readonly created_ms: EpochMs;
  readonly secret_changed_ms: EpochMs;
  readonly secret_hash: Uint8Array;
  readonly former_until_ms: EpochMs | null;
  readonly former_secret_hash: Uint8Array | null;
}

export function clientRecordFromRow(row: ClientRow): ClientRecord {
  const { secret_hash: secretHash, former_secret_hash: formerSecretHash } = row;
  return { client: clientFromRow(row), secretHash, ...(formerSecretHash !== null && { formerSecretHash }) };
}

export function clientFromRow(row: ClientRow): Client {
  return {
    id: row.id,
    name: row.name,
    roles: JSON.parse(row.roles) as ClientRole[],
    createdMs: row.created_ms,
    secretChangedMs: row.secret_changed_ms,
    ...(row.former_until_ms !== null && { formerSecretUntilMs: row.former_until_ms }),
  };
}
