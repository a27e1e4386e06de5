import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyId } from '../../domain/ids.ts';
import type { SigningAlgorithm } from '../../domain/signing-key.ts';
import type { Random } from '../../ports/random.ts';
import { createAsymmetricKey } from './asymmetric-key.ts';
import { createHmacKey } from './hmac-key.ts';
import type { JwsKey } from './jws-key.ts';

const HMAC_SECRET_BYTES = 32;
const RSA_BITS = 2048;

const generate = promisify(generateKeyPair);

/** Fresh key material: the secret itself for HS256, a private key as PKCS#8 DER otherwise. */
export async function generateKeyMaterial(algorithm: SigningAlgorithm, random: Random): Promise<Uint8Array> {
  switch (algorithm) {
    case 'HS256':
      return random.bytes(HMAC_SECRET_BYTES);
    case 'RS256': {
      const { privateKey } = await generate('rsa', { modulusLength: RSA_BITS, publicExponent: 65537 });
      return privateKey.export({ format: 'der', type: 'pkcs8' });
    }
    case 'ES256': {
      const { privateKey } = await generate('ec', { namedCurve: 'P-256' });
      return privateKey.export({ format: 'der', type: 'pkcs8' });
    }
  }
}

/** The key that `generateKeyMaterial` made the bytes for. */
export function createJwsKey(id: KeyId, algorithm: SigningAlgorithm, material: Uint8Array): JwsKey {
  return algorithm === 'HS256' ? createHmacKey(id, material) : createAsymmetricKey(id, algorithm, material);
}
