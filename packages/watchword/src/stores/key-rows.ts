import type { KeyId } from '../domain/ids.ts';
import type { SigningAlgorithm } from '../domain/signing-key.ts';
import type { EpochMs } from '../domain/time.ts';
import type { StoredRoot, StoredSigningKey } from '../ports/store/key-store.ts';

/** A row of `signing_keys`. */
export interface SigningKeyRow {
  readonly id: KeyId;
  readonly algorithm: SigningAlgorithm;
  readonly announced_ms: EpochMs;
  readonly signs_from_ms: EpochMs;
  readonly retires_ms: EpochMs | null;
  readonly verifies_until_ms: EpochMs | null;
  readonly compromised_ms: EpochMs | null;
  readonly sealed: Uint8Array;
}

/** A row of `key_roots`. */
export interface RootRow {
  readonly purpose: StoredRoot['purpose'];
  readonly version: number;
  readonly created_ms: EpochMs;
  readonly sealed: Uint8Array;
}

/** The columns in the order of `SigningKeyRow`. */
export function signingKeyColumns({
  key,
  sealed,
}: StoredSigningKey): (string | number | null | Uint8Array)[] {
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

export function signingKeyFromRow(row: SigningKeyRow): StoredSigningKey {
  const { id, algorithm, announced_ms: announcedMs, signs_from_ms: signsFromMs, sealed } = row;
  const { retires_ms: retiresMs, verifies_until_ms: verifiesUntilMs, compromised_ms: compromisedMs } = row;
  return {
    key: {
      id,
      algorithm,
      announcedMs,
      signsFromMs,
      ...(retiresMs !== null && verifiesUntilMs !== null && { succession: { retiresMs, verifiesUntilMs } }),
      ...(compromisedMs !== null && { compromisedMs }),
    },
    sealed,
  };
}

export function rootFromRow({ purpose, version, created_ms: createdMs, sealed }: RootRow): StoredRoot {
  return { purpose, version, createdMs, sealed };
}
