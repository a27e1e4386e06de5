import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyId } from '../../domain/ids.ts';
import type { SigningAlgorithm } from '../../domain/signing-key.ts';
import type { Random } from '../../ports/random.ts';
import { isHmac, JWS_ALGORITHMS } from './algorithms.ts';
import { createAsymmetricKey } from './asymmetric-key.ts';
import { createHmacKey } from './hmac-key.ts';
import type { JwsKey } from './jws-key.ts';

const RSA_BITS = 2048;

const generate = promisify(generateKeyPair);

/** Fresh key material: for HMAC the secret itself, as long as the hash; else a private key as PKCS#8 DER. */
export async function generateKeyMaterial(algorithm: SigningAlgorithm, random: Random): Promise<Uint8Array> {
  const properties = JWS_ALGORITHMS[algorithm];
  if (properties.kty === 'oct') return random.bytes(properties.hashBytes);
  const { privateKey } = await generatePair(properties);
  return privateKey.export({ format: 'der', type: 'pkcs8' });
}

function generatePair(
  properties: Exclude<(typeof JWS_ALGORITHMS)[SigningAlgorithm], { kty: 'oct' }>,
): Promise<{ readonly privateKey: KeyObject }> {
  switch (properties.keyType) {
    case 'rsa':
      return generate('rsa', { modulusLength: RSA_BITS, publicExponent: 65_537 });
    case 'ec':
      return generate('ec', { namedCurve: properties.crv });
    case 'ed25519':
      return generate('ed25519');
  }
}

/** The key that `generateKeyMaterial` made the bytes for. */
export function createJwsKey(id: KeyId, algorithm: SigningAlgorithm, material: Uint8Array): JwsKey {
  return isHmac(algorithm)
    ? createHmacKey(id, algorithm, material)
    : createAsymmetricKey(id, algorithm, material);
}
