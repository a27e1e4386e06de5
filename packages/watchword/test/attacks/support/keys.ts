import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import type { Jwk } from '../../../src/facade/jws.ts';

export const ATTACKED_ALGORITHMS = ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type AttackedAlgorithm = (typeof ATTACKED_ALGORITHMS)[number];

/** A key in our hands and in an attacker's: it signs any bytes with `node:crypto` alone. */
export interface AttackedKey {
  readonly algorithm: string;
  readonly signing: KeyObject;
  /** The same as `signing` for secrets. */
  readonly verifying: KeyObject;
  readonly privateJwk: Jwk;
  /** What a verifier is given. */
  readonly jwk: Jwk;
  /** The signature of a text in the spelling of JOSE, RFC 7518 §3. */
  sign(signingInput: string): string;
  signatureBytes(signingInput: string): Buffer;
}

export const KID = 'k1';

export function createKey(algorithm: string, kid: string | undefined = KID): AttackedKey {
  const hash = algorithm === 'EdDSA' || algorithm === 'ML-DSA-44' ? null : `sha${algorithm.slice(2)}`;
  const { signing, verifying } = keyPair(algorithm);
  const named = { alg: algorithm, ...(kid !== undefined && { kid }) };
  const padding = algorithm.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 }
    : {};
  function signatureBytes(signingInput: string): Buffer {
    if (algorithm.startsWith('HS'))
      return createHmac(hash ?? '', signing)
        .update(signingInput)
        .digest();
    return sign(hash, Buffer.from(signingInput), { key: signing, dsaEncoding: 'ieee-p1363', ...padding });
  }
  return {
    algorithm,
    signing,
    verifying,
    privateJwk: { ...(signing.export({ format: 'jwk' }) as Jwk), ...named },
    jwk: { ...(verifying.export({ format: 'jwk' }) as Jwk), ...named },
    signatureBytes,
    sign: (signingInput) => signatureBytes(signingInput).toString('base64url'),
  };
}

function keyPair(algorithm: string): { readonly signing: KeyObject; readonly verifying: KeyObject } {
  if (algorithm.startsWith('HS')) {
    const secret = createSecretKey(randomBytes(Number(algorithm.slice(2)) / 8));
    return { signing: secret, verifying: secret };
  }
  const signing = privateKey(algorithm);
  return { signing, verifying: createPublicKey(signing) };
}

/** One for all RSA algorithms: making one takes long. */
let rsa: KeyObject | undefined;

function privateKey(algorithm: string): KeyObject {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519').privateKey;
  if (algorithm === 'ML-DSA-44') return mlDsaKey();
  if (algorithm.startsWith('ES')) {
    const namedCurve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[algorithm] ?? '';
    return generateKeyPairSync('ec', { namedCurve }).privateKey;
  }
  return (rsa ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
}

/** The types of Node do not know it yet. */
function mlDsaKey(): KeyObject {
  const generate = generateKeyPairSync as unknown as (type: string) => { readonly privateKey: KeyObject };
  return generate('ml-dsa-44').privateKey;
}
