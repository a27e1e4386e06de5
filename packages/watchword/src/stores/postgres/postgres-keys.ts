import type { EpochMs } from '../../domain/time.ts';
import type { KeyRing, KeyRingChange, KeyRingOutcome, KeyStore } from '../../ports/store/key-store.ts';
import {
  rootFromRow,
  signingKeyColumns,
  signingKeyFromRow,
  type RootRow,
  type SigningKeyRow,
} from '../key-rows.ts';
import { ON_PRIMARY, type PostgresAccess } from './access.ts';
import type { Connection } from './connections.ts';
import type { Revoking } from './revoking.ts';

const putSigningKey = (schema: string): string => `
  INSERT INTO ${schema}.signing_keys
    (id, algorithm, announced_ms, signs_from_ms, retires_ms, verifies_until_ms, compromised_ms, sealed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (id) DO UPDATE SET
    algorithm = excluded.algorithm, announced_ms = excluded.announced_ms, signs_from_ms = excluded.signs_from_ms,
    retires_ms = excluded.retires_ms, verifies_until_ms = excluded.verifies_until_ms,
    compromised_ms = excluded.compromised_ms, sealed = excluded.sealed`;

const putRoot = (schema: string): string => `
  INSERT INTO ${schema}.key_roots (purpose, version, created_ms, sealed) VALUES ($1, $2, $3, $4)
  ON CONFLICT (purpose, version) DO UPDATE SET created_ms = excluded.created_ms, sealed = excluded.sealed`;

export function createPostgresKeys(access: PostgresAccess, revoking: Revoking): KeyStore {
  const { turns, schema, channel } = access;

  async function apply(
    connection: Connection,
    change: KeyRingChange,
    nowMs: EpochMs,
  ): Promise<KeyRingOutcome> {
    const [ring] = await connection.query<{ revision: number }>(
      `SELECT revision FROM ${schema}.key_ring FOR UPDATE`,
    );
    if (ring?.revision !== change.expectedRevision) return { kind: 'conflict' };
    for (const stored of change.signingKeys)
      await connection.query(putSigningKey(schema), signingKeyColumns(stored));
    for (const { purpose, version, createdMs, sealed } of change.roots)
      await connection.query(putRoot(schema), [purpose, version, createdMs, sealed]);
    const revision = change.expectedRevision + 1;
    const setRevision = `UPDATE ${schema}.key_ring SET revision = $1 RETURNING pg_notify($2, '')`;
    await connection.query(setRevision, [revision, channel]);
    const committed = { kind: 'committed', revision } as const;
    if (change.revoke === undefined) return committed;
    const [revocation] = await revoking.apply(connection, nowMs, [change.revoke]);
    return { ...committed, ...(revocation !== undefined && { revocation }) };
  }

  return {
    read: () => turns.repeatable(readRing(access)),

    change: async (change) => {
      turns.assertOpen();
      const locks = revoking.locksFor(change.revoke?.requests ?? []);
      const outcome = await turns.transaction({ locks }, (connection, nowMs) =>
        apply(connection, change, nowMs),
      );
      access.changed();
      return outcome;
    },
  };
}

/** One statement, hence one snapshot: or the revision might be of another ring than the keys. */
function readRing({ schema }: PostgresAccess): (connection: Connection) => Promise<KeyRing> {
  const text = `
    SELECT revision, key.*, NULL::text AS purpose, NULL::integer AS version, NULL::bigint AS created_ms
      FROM ${schema}.key_ring LEFT JOIN ${schema}.signing_keys AS key ON true WHERE ${ON_PRIMARY}
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, sealed, purpose, version, created_ms FROM ${schema}.key_roots
    ORDER BY announced_ms, id, purpose, version`;
  return async (connection) => {
    const rows = await connection.query<RingRow>(text);
    return {
      revision: rows.find(({ revision }) => revision !== null)?.revision ?? 0,
      signingKeys: rows.filter(isSigningKey).map(signingKeyFromRow),
      roots: rows.filter(isRoot).map(rootFromRow),
    };
  };
}

/** A signing key, a root, or, of an empty ring, neither. */
type RingRow = { readonly revision: number | null } & (
  | ({ readonly purpose: null } & (SigningKeyRow | { readonly id: null }))
  | ({ readonly id: null } & RootRow)
);

function isSigningKey(row: RingRow): row is RingRow & SigningKeyRow & { readonly purpose: null } {
  return row.id !== null;
}

function isRoot(row: RingRow): row is RingRow & RootRow & { readonly id: null } {
  return row.purpose !== null;
}
