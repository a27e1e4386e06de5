import type { KeyId, SessionId, TokenId } from '../domain/ids.ts';
import type { LogHead, RevocationKind, RevocationRecord, RevocationTarget } from '../domain/revocation.ts';
import type { EpochMs } from '../domain/time.ts';

/** A row of `revocations`. */
export interface RevocationRow {
  readonly sequence: number;
  readonly hash: Uint8Array;
  readonly kind: RevocationKind;
  readonly target: string;
  readonly before_ms: EpochMs;
  readonly at_ms: EpochMs;
  readonly expires_ms: EpochMs;
}

/** The row of `feed_head`. */
export interface HeadRow {
  readonly epoch: Uint8Array;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

export function revocationFromRow(row: RevocationRow): RevocationRecord {
  const { sequence, hash, at_ms: atMs, expires_ms: expiresMs } = row;
  return { sequence, hash, target: targetFromRow(row), atMs, expiresMs };
}

export function headFromRow(row: HeadRow): LogHead {
  const epoch = Array.from(row.epoch, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { epoch, sequence: row.sequence, hash: row.hash };
}

/** The ids were parsed before they were stored. */
function targetFromRow({ kind, target, before_ms: beforeMs }: RevocationRow): RevocationTarget {
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
