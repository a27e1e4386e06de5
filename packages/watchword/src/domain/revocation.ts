import type { KeyId, SessionId, TokenId } from './ids.ts';
import type { EpochMs } from './time.ts';

/** What was revoked. `before` cut-offs kill what *started* earlier, whenever its tokens were minted. */
export type RevocationTarget =
  | { readonly kind: 'all'; readonly beforeMs: EpochMs }
  | { readonly kind: 'subject'; readonly subject: string; readonly beforeMs: EpochMs }
  | { readonly kind: 'session'; readonly sessionId: SessionId }
  | { readonly kind: 'token'; readonly tokenId: TokenId }
  | { readonly kind: 'key'; readonly keyId: KeyId };

export type RevocationKind = RevocationTarget['kind'];

/** One entry of the revocation log. */
export interface RevocationRecord {
  /** Gapless, from 1, in commit order. */
  readonly sequence: number;
  /** SHA-256 over the previous entry's hash and this entry's bytes: see `revocationBytes`. */
  readonly hash: Uint8Array;
  readonly target: RevocationTarget;
  readonly atMs: EpochMs;
  /** From when on the entry cannot matter any more, because all that it kills has expired. */
  readonly expiresMs: EpochMs;
}

/** Where the log stands. */
export interface LogHead {
  /** Random, 16 bytes as 32 hex digits; another one means another history (a restored backup). */
  readonly epoch: string;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/** The hash before the first entry: 32 zero bytes. */
export const GENESIS_HASH: Uint8Array = new Uint8Array(32);

/**
 * The bytes of an entry that its hash covers: the UTF-8 of the JSON array
 * `[sequence, kind, id, beforeMs, atMs, expiresMs]`, where `id` is `""` for `all` and `beforeMs` 0 where there is none.
 */
export function revocationBytes(record: Omit<RevocationRecord, 'hash'>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(recordFields(record)));
}

/** What stands in an entry's bytes, in order. */
export function recordFields(
  record: Omit<RevocationRecord, 'hash'>,
): readonly [number, RevocationKind, string, number, number, number] {
  const { sequence, target, atMs, expiresMs } = record;
  return [sequence, target.kind, targetId(target), targetBeforeMs(target), atMs, expiresMs];
}

/** The subject, session, token or key that is meant; `""` for all. */
export function targetId(target: RevocationTarget): string {
  switch (target.kind) {
    case 'all':
      return '';
    case 'subject':
      return target.subject;
    case 'session':
      return target.sessionId;
    case 'token':
      return target.tokenId;
    case 'key':
      return target.keyId;
  }
}

export function targetBeforeMs(target: RevocationTarget): number {
  return target.kind === 'all' || target.kind === 'subject' ? target.beforeMs : 0;
}
