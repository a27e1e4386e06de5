import type { SigningKey } from '../../domain/signing-key.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { RevocationLifetimes, RevocationRequest, RevocationResult } from './revocation-log.ts';

/** Secret bytes at rest: sealed before they reach the store, opened after they leave it. See `engine/keys/sealed`. */
export type SealedBytes = Uint8Array;

/** A signing key at rest. */
export interface StoredSigningKey {
  readonly key: SigningKey;
  readonly sealed: SealedBytes;
}

/** Key material that signs no token: the roots of refresh tags, the key of token ids, the roots of the feed's keys. */
export interface StoredRoot {
  readonly purpose: 'refresh' | 'token_id' | 'feed';
  /** From 1; for `refresh` it fits a byte. */
  readonly version: number;
  readonly createdMs: EpochMs;
  readonly sealed: SealedBytes;
}

export interface KeyRing {
  /** Counts the changes; 0 before the first. */
  readonly revision: number;
  readonly signingKeys: readonly StoredSigningKey[];
  readonly roots: readonly StoredRoot[];
}

/** A change of the ring: rows to insert or, by id (by purpose and version for roots), to replace. */
export interface KeyRingChange {
  readonly expectedRevision: number;
  readonly signingKeys: readonly StoredSigningKey[];
  readonly roots: readonly StoredRoot[];
  /** Written in the same transaction: a compromised key and its log entry are one step. */
  readonly revoke?: {
    readonly requests: readonly RevocationRequest[];
    readonly lifetimes: RevocationLifetimes;
  };
}

export type KeyRingOutcome =
  | { readonly kind: 'committed'; readonly revision: number; readonly revocation?: RevocationResult }
  | { readonly kind: 'conflict' };

/** The keys that all processes of an installation share. */
export interface KeyStore {
  read(): Promise<KeyRing>;

  /** Compare and set on the ring's revision: of concurrent changes to one revision exactly one is `committed`. */
  change(change: KeyRingChange): Promise<KeyRingOutcome>;
}
