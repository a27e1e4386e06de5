import type { KeyId } from './ids.ts';
import { epochMs, type EpochMs } from './time.ts';

/**
 * The signature algorithms that an installation's keys can have: a key has exactly one (RFC 8725 §3.1). Those of RFC 7518 §3.1,
 * and EdDSA with Ed25519 (RFC 8037 §3.1).
 */
export const SIGNING_ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** The times that decide a signing key's state, so that processes agree without asking each other. */
export interface SigningKey {
  readonly id: KeyId;
  readonly algorithm: SigningAlgorithm;
  readonly announcedMs: EpochMs;
  readonly signsFromMs: EpochMs;
  /** Set once a successor exists. */
  readonly succession?: Succession;
  readonly compromisedMs?: EpochMs;
}

export interface Succession {
  /** When the successor starts to sign. */
  readonly retiresMs: EpochMs;
  /** When the last token that this key signed has expired. */
  readonly verifiesUntilMs: EpochMs;
}

/** announced: published, not signing. retiring: verifies only. retired and compromised: neither. */
export type SigningKeyState = 'announced' | 'signing' | 'retiring' | 'retired' | 'compromised';

export function signingKeyState(key: SigningKey, nowMs: EpochMs): SigningKeyState {
  if (key.compromisedMs !== undefined) return 'compromised';
  if (key.succession !== undefined && nowMs >= key.succession.verifiesUntilMs) return 'retired';
  if (key.succession !== undefined && nowMs >= key.succession.retiresMs) return 'retiring';
  return nowMs >= key.signsFromMs ? 'signing' : 'announced';
}

export function verifiesTokens(state: SigningKeyState): boolean {
  return state === 'announced' || state === 'signing' || state === 'retiring';
}

/** The key that signs at `nowMs`: of those that may, the one that started last. */
export function currentSigningKey<Key extends SigningKey>(
  keys: readonly Key[],
  nowMs: EpochMs,
): Key | undefined {
  const inState = (state: SigningKeyState): Key[] =>
    keys.filter((key) => signingKeyState(key, nowMs) === state);
  const byStart = (a: Key, b: Key): number => a.signsFromMs - b.signsFromMs || (a.id < b.id ? 1 : -1);
  // Only where the clock was set back to before the first key began is there none but announced ones.
  return inState('signing').toSorted(byStart).at(-1) ?? inState('announced').toSorted(byStart)[0];
}

/** Whether a successor has to be announced so that no key signs for longer than `lifeMs`; not where one is announced already. */
export function successorIsDue(
  keys: readonly SigningKey[],
  nowMs: EpochMs,
  { lifeMs, leadMs }: { readonly lifeMs: number; readonly leadMs: number },
): boolean {
  if (keys.some((key) => signingKeyState(key, nowMs) === 'announced')) return false;
  const current = currentSigningKey(keys, nowMs);
  return current !== undefined && nowMs >= current.signsFromMs + lifeMs - leadMs;
}

/** A key that will sign from `leadMs` after its announcement. */
export function announceKey(
  key: Pick<SigningKey, 'id' | 'algorithm'>,
  announcedMs: EpochMs,
  leadMs: number,
): SigningKey {
  return { ...key, announcedMs, signsFromMs: epochMs(announcedMs + leadMs) };
}

/** Ends a key's signing when its successor begins; a compromised or already succeeded key stays as it is. */
export function supersedeKey(key: SigningKey, successor: SigningKey, longestTokenMs: number): SigningKey {
  if (key.compromisedMs !== undefined || key.succession !== undefined) return key;
  const retiresMs = successor.signsFromMs;
  return { ...key, succession: { retiresMs, verifiesUntilMs: epochMs(retiresMs + longestTokenMs) } };
}

/** Dead from now on, for everything it ever signed; there is no way back. */
export function compromiseKey(key: SigningKey, atMs: EpochMs): SigningKey {
  return key.compromisedMs === undefined ? { ...key, compromisedMs: atMs } : key;
}
