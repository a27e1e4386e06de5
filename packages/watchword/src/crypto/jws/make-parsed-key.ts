import type { KeyObject } from 'node:crypto';
import type { AsymmetricAlgorithmName, HmacAlgorithmName } from './algorithms.ts';
import { createSigningKey, createVerificationKey } from './asymmetric-key.ts';
import { createHmacKey } from './hmac-key.ts';
import type { JwsSigningKey, JwsVerificationKey } from './jws-key.ts';
import type { KeyUses, ParsedKey } from './parsed-key.ts';

export function secretKey(
  id: string | undefined,
  algorithm: HmacAlgorithmName,
  secret: Uint8Array,
  uses: KeyUses,
): ParsedKey {
  const key = createHmacKey(id, algorithm, secret);
  return parsed(key, uses.sign ? key : undefined, uses);
}

/** Without `privateKey` it verifies only. */
export function asymmetricKey(
  id: string | undefined,
  algorithm: AsymmetricAlgorithmName,
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject | undefined },
  uses: KeyUses,
): ParsedKey {
  if (privateKey === undefined)
    return parsed(createVerificationKey(id, algorithm, publicKey), undefined, uses);
  const key = createSigningKey(id, algorithm, privateKey, publicKey);
  return parsed(key, uses.sign ? key : undefined, uses);
}

function parsed(key: JwsVerificationKey, signing: JwsSigningKey | undefined, { verify }: KeyUses): ParsedKey {
  return { id: key.id, algorithm: key.algorithm, verification: verify ? key : undefined, signing };
}

/** What `make` makes; `undefined` where OpenSSL refuses. */
export function keyObject(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
