import type { KeyId, SessionId, TokenId } from '../domain/ids.ts';
import type { LogHead, RevocationKind, RevocationRecord, RevocationTarget } from '../domain/revocation.ts';
import type { EpochMs } from '../domain/time.ts';

/** What `RevocationRow` has of a row of `revocations`. */
export const REVOCATION_COLUMNS = 'sequence, hash, kind, target, before_ms, at_ms, expires_ms';

/** As an array, because there may be millions of them. */
export type RevocationRow = readonly [
  sequence: number,
  hash: Uint8Array,
  kind: RevocationKind,
  target: string,
  beforeMs: EpochMs,
  atMs: EpochMs,
  expiresMs: EpochMs,
];

/** The row of `feed_head`. */
export interface HeadRow {
  readonly epoch: Uint8Array;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

export function revocationFromRow(row: RevocationRow): RevocationRecord {
  const [sequence, hash, kind, target, beforeMs, atMs, expiresMs] = row;
  return { sequence, hash, target: revocationTarget(kind, target, beforeMs), atMs, expiresMs };
}

export function headFromRow(row: HeadRow): LogHead {
  const epoch = Array.from(row.epoch, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { epoch, sequence: row.sequence, hash: row.hash };
}

/** The ids were parsed before they were stored. */
function revocationTarget(kind: RevocationKind, target: string, beforeMs: EpochMs): RevocationTarget {
  switch (kind) {
    case 'all':
      return { kind, beforeMs };
    case 'subject':
      return { kind, subject: target, beforeMs };
    case 'session':
      return { kind, sessionId: target as SessionId };
    case 'token':
      return { kind, tokenId: target as TokenId };
    case 'key':
      return { kind, keyId: target as KeyId };
  }
}
