import type { SQLInputValue } from 'node:sqlite';
import { targetBeforeMs, targetId, type RevocationRecord } from '../../domain/revocation.ts';

export const INSERT_REVOCATION = `
  INSERT INTO revocations (sequence, hash, kind, target, before_ms, at_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`;

/** The parameters of `INSERT_REVOCATION`. */
export function revocationParameters(record: RevocationRecord): SQLInputValue[] {
  const { sequence, hash, target, atMs, expiresMs } = record;
  return [sequence, hash, target.kind, targetId(target), targetBeforeMs(target), atMs, expiresMs];
}
