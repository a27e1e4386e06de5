import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { KeyId } from '../../domain/ids.ts';
import type { SigningAlgorithm, SigningKey } from '../../domain/signing-key.ts';
import type { EpochMs } from '../../domain/time.ts';
import type {
  KeyRing,
  KeyRingChange,
  KeyStore,
  StoredRoot,
  StoredSigningKey,
} from '../../ports/store/key-store.ts';
import type { Revoke } from './revoke.ts';
import type { SqliteAccess } from './sqlite-access.ts';

interface SigningKeyRow {
  readonly id: KeyId;
  readonly algorithm: SigningAlgorithm;
  readonly announced_ms: EpochMs;
  readonly signs_from_ms: EpochMs;
  readonly retires_ms: EpochMs | null;
  readonly verifies_until_ms: EpochMs | null;
  readonly compromised_ms: EpochMs | null;
  readonly sealed: Uint8Array;
}

interface RootRow {
  readonly purpose: StoredRoot['purpose'];
  readonly version: number;
  readonly created_ms: EpochMs;
  readonly sealed: Uint8Array;
}

const PUT_SIGNING_KEY = `
  INSERT INTO signing_keys
    (id, algorithm, announced_ms, signs_from_ms, retires_ms, verifies_until_ms, compromised_ms, sealed)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    algorithm = excluded.algorithm, announced_ms = excluded.announced_ms, signs_from_ms = excluded.signs_from_ms,
    retires_ms = excluded.retires_ms, verifies_until_ms = excluded.verifies_until_ms,
    compromised_ms = excluded.compromised_ms, sealed = excluded.sealed`;

const PUT_ROOT = `
  INSERT INTO key_roots (purpose, version, created_ms, sealed) VALUES (?, ?, ?, ?)
  ON CONFLICT (purpose, version) DO UPDATE SET created_ms = excluded.created_ms, sealed = excluded.sealed`;

export function createSqliteKeys(access: SqliteAccess, revoke: Revoke): KeyStore {
  const { database, turns, transactions, ownWrites } = access;
  const readRing = createReadRing(database);
  const readRevision = database.prepare('SELECT revision FROM key_ring');
  const setRevision = database.prepare('UPDATE key_ring SET revision = ?');
  const putSigningKey = database.prepare(PUT_SIGNING_KEY);
  const putRoot = database.prepare(PUT_ROOT);

  function apply(change: KeyRingChange) {
    if (readRevision.get()?.['revision'] !== change.expectedRevision) return { kind: 'conflict' } as const;
    for (const stored of change.signingKeys) putSigningKey.run(...signingKeyParameters(stored));
    for (const root of change.roots) putRoot.run(root.purpose, root.version, root.createdMs, root.sealed);
    const revision = change.expectedRevision + 1;
    setRevision.run(revision);
    const committed = { kind: 'committed', revision } as const;
    if (change.revoke === undefined) return committed;
    return { ...committed, revocation: revoke(change.revoke.requests, change.revoke.lifetimes) };
  }

  return {
    // Several tables: one snapshot, or the revision might be of another ring than the keys.
    read: () => turns.read(() => transactions.read(readRing)),

    change: (change) =>
      turns.write(() => {
        const outcome = transactions.write(() => apply(change));
        ownWrites.count += 1;
        return outcome;
      }),
  };
}

function createReadRing(database: DatabaseSync): () => KeyRing {
  const readRevision = database.prepare('SELECT revision FROM key_ring');
  const readSigningKeys = database.prepare('SELECT * FROM signing_keys ORDER BY announced_ms, id');
  const readRoots = database.prepare('SELECT * FROM key_roots ORDER BY purpose, version');
  return () => ({
    revision: readRevision.get()?.['revision'] as number,
    signingKeys: (readSigningKeys.all() as unknown as SigningKeyRow[]).map(signingKeyFromRow),
    roots: (readRoots.all() as unknown as RootRow[]).map(
      ({ purpose, version, created_ms: createdMs, sealed }): StoredRoot => ({
        purpose,
        version,
        createdMs,
        sealed,
      }),
    ),
  });
}

function signingKeyParameters({ key, sealed }: StoredSigningKey): SQLInputValue[] {
  return [
    key.id,
    key.algorithm,
    key.announcedMs,
    key.signsFromMs,
    key.succession?.retiresMs ?? null,
    key.succession?.verifiesUntilMs ?? null,
    key.compromisedMs ?? null,
    sealed,
  ];
}

function signingKeyFromRow(row: SigningKeyRow): StoredSigningKey {
  const key: SigningKey = {
    id: row.id,
    algorithm: row.algorithm,
    announcedMs: row.announced_ms,
    signsFromMs: row.signs_from_ms,
    ...(row.retires_ms !== null &&
      row.verifies_until_ms !== null && {
        succession: { retiresMs: row.retires_ms, verifiesUntilMs: row.verifies_until_ms },
      }),
    ...(row.compromised_ms !== null && { compromisedMs: row.compromised_ms }),
  };
  return { key, sealed: row.sealed };
}
