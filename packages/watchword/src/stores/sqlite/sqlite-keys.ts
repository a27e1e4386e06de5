import type { DatabaseSync } from 'node:sqlite';
import type { KeyRing, KeyRingChange, KeyStore } from '../../ports/store/key-store.ts';
import {
  rootFromRow,
  signingKeyColumns,
  signingKeyFromRow,
  type RootRow,
  type SigningKeyRow,
} from '../key-rows.ts';
import type { Revoke } from './revoke.ts';
import type { SqliteAccess } from './sqlite-access.ts';

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
    for (const stored of change.signingKeys) putSigningKey.run(...signingKeyColumns(stored));
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
    roots: (readRoots.all() as unknown as RootRow[]).map(rootFromRow),
  });
}
