import { KeyRefusedError } from '../../errors/watchword-error.ts';
import { isHmac, type JwsAlgorithm } from './algorithms.ts';
import type { JwsVerificationKey } from './jws-key.ts';
import { MAX_KEY_ID_LENGTH, type ParsedKey } from './parsed-key.ts';

/** How many keys a set may have. */
export const MAX_KEYS = 100;

/** The key that a token is verified with; `unknown` where it names none, or names none clearly. */
export type ChosenKey =
  | { readonly kind: 'chosen'; readonly key: JwsVerificationKey }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'other_algorithm' };

/** Keys that verify, found by `kid` in a map, or by algorithm where that leaves one (RFC 7517 §5). */
export interface KeySet {
  readonly keys: readonly JwsVerificationKey[];
  choose(kid: unknown, algorithm: JwsAlgorithm): ChosenKey;
}

const UNKNOWN: ChosenKey = { kind: 'unknown' };
const OTHER_ALGORITHM: ChosenKey = { kind: 'other_algorithm' };

/** Each of the keys has to be usable: a set that is half right is refused. */
export function createKeySet(parsed: readonly ParsedKey[]): KeySet {
  assertSet(parsed);
  const keys = parsed.map(verificationOf);
  const named = new Map(keys.flatMap((key) => (key.id === undefined ? [] : [[key.id, key] as const])));
  const unnamed = keys.filter(({ id }) => id === undefined);
  return {
    keys,
    choose(kid, algorithm) {
      if (kid === undefined) return onlyOne(keys, algorithm);
      if (typeof kid !== 'string' || kid.length > MAX_KEY_ID_LENGTH) return UNKNOWN;
      const key = named.get(kid);
      if (key === undefined) return unnamed.length === 0 ? UNKNOWN : onlyOne(unnamed, algorithm);
      return key.algorithm === algorithm ? { kind: 'chosen', key } : OTHER_ALGORITHM;
    },
  };
}

function onlyOne(keys: readonly JwsVerificationKey[], algorithm: JwsAlgorithm): ChosenKey {
  const fitting = keys.filter((key) => key.algorithm === algorithm);
  const [key] = fitting;
  if (key === undefined) return OTHER_ALGORITHM;
  return fitting.length === 1 ? { kind: 'chosen', key } : UNKNOWN;
}

function verificationOf({ verification }: ParsedKey): JwsVerificationKey {
  if (verification !== undefined) return verification;
  throw new KeyRefusedError('The `key_ops` of the JWK does not have `verify`.');
}

function assertSet(keys: readonly ParsedKey[]): void {
  assertKeyCount(keys.length);
  const ids = keys.flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (new Set(ids).size !== ids.length) {
    throw new KeyRefusedError('A `kid` occurs twice in the set. Give each key one of its own.');
  }
  const secrets = keys.filter(({ algorithm }) => isHmac(algorithm)).length;
  if (secrets > 0 && secrets < keys.length) {
    throw new KeyRefusedError(
      'The set holds secrets and public keys. Keep the secrets in a set of their own.',
    );
  }
}

export function assertKeyCount(count: number): void {
  if (count >= 1 && count <= MAX_KEYS) return;
  throw new KeyRefusedError(`A set of keys holds 1 to ${MAX_KEYS}, and this one ${count}.`);
}
