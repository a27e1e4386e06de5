import { KeyRefusedError } from '../../errors/watchword-error.ts';
import type { JwsAlgorithm } from './algorithms.ts';
import type { JwsSigningKey, JwsVerificationKey } from './jws-key.ts';

/** A key that was given from outside, checked. */
export interface ParsedKey {
  readonly id: string | undefined;
  readonly algorithm: JwsAlgorithm;
  /** `undefined` where the key says that it is not for verifying. */
  readonly verification: JwsVerificationKey | undefined;
  /** `undefined` for public keys, and where the key says that it is not for signing. */
  readonly signing: JwsSigningKey | undefined;
}

/** What a key may be used for, as it says itself (RFC 7517 §4.3). */
export interface KeyUses {
  readonly verify: boolean;
  readonly sign: boolean;
}

export const ALL_USES: KeyUses = { verify: true, sign: true };

/** The longest `kid` that a key may have, in characters. */
export const MAX_KEY_ID_LENGTH = 256;

export function assertKeyId(id: unknown): asserts id is string | undefined {
  if (id === undefined || (typeof id === 'string' && id !== '' && id.length <= MAX_KEY_ID_LENGTH)) return;
  throw new KeyRefusedError(`The \`kid\` of a key is a string of 1 to ${MAX_KEY_ID_LENGTH} characters.`);
}
