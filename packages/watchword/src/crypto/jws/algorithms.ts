import type { SigningAlgorithm } from '../../domain/signing-key.ts';

/** What keys for JWS can have: the algorithms of an installation, and ML-DSA-44 (RFC 9964), whose signatures no cookie holds. */
export type JwsAlgorithm = SigningAlgorithm | 'ML-DSA-44';

export type Hash = 'sha256' | 'sha384' | 'sha512';

/** HMAC, RFC 7518 §3.2. */
interface HmacAlgorithm {
  readonly kty: 'oct';
  readonly hash: Hash;
  readonly hashBytes: number;
}

/** RSASSA-PKCS1-v1_5 (RFC 7518 §3.3) and RSASSA-PSS (§3.5), whose salt is as long as the hash. */
interface RsaAlgorithm {
  readonly kty: 'RSA';
  readonly keyType: 'rsa';
  readonly hash: Hash;
  readonly pssSaltBytes: number | undefined;
}

/** ECDSA, RFC 7518 §3.4. */
interface EcAlgorithm {
  readonly kty: 'EC';
  readonly keyType: 'ec';
  readonly crv: 'P-256' | 'P-384' | 'P-521';
  /** As OpenSSL calls the curve. */
  readonly namedCurve: string;
  readonly hash: Hash;
  readonly fieldBytes: number;
}

/** Ed25519, RFC 8037 §3.1. */
interface OkpAlgorithm {
  readonly kty: 'OKP';
  readonly keyType: 'ed25519';
  readonly crv: 'Ed25519';
  readonly keyBytes: number;
  readonly signatureBytes: number;
}

/** ML-DSA, RFC 9964. */
interface AkpAlgorithm {
  readonly kty: 'AKP';
  readonly keyType: 'ml-dsa-44';
  readonly keyBytes: number;
  readonly seedBytes: number;
  readonly signatureBytes: number;
}

export type AsymmetricProperties = RsaAlgorithm | EcAlgorithm | OkpAlgorithm | AkpAlgorithm;
export type AlgorithmProperties = HmacAlgorithm | AsymmetricProperties;

const rsa = (hash: Hash): RsaAlgorithm => ({ kty: 'RSA', keyType: 'rsa', hash, pssSaltBytes: undefined });
const pss = (hash: Hash, pssSaltBytes: number): RsaAlgorithm => ({
  kty: 'RSA',
  keyType: 'rsa',
  hash,
  pssSaltBytes,
});

/** All that tells one algorithm from another. */
export const JWS_ALGORITHMS = {
  HS256: { kty: 'oct', hash: 'sha256', hashBytes: 32 },
  HS384: { kty: 'oct', hash: 'sha384', hashBytes: 48 },
  HS512: { kty: 'oct', hash: 'sha512', hashBytes: 64 },
  RS256: rsa('sha256'),
  RS384: rsa('sha384'),
  RS512: rsa('sha512'),
  PS256: pss('sha256', 32),
  PS384: pss('sha384', 48),
  PS512: pss('sha512', 64),
  ES256: {
    kty: 'EC',
    keyType: 'ec',
    crv: 'P-256',
    namedCurve: 'prime256v1',
    hash: 'sha256',
    fieldBytes: 32,
  },
  ES384: { kty: 'EC', keyType: 'ec', crv: 'P-384', namedCurve: 'secp384r1', hash: 'sha384', fieldBytes: 48 },
  ES512: { kty: 'EC', keyType: 'ec', crv: 'P-521', namedCurve: 'secp521r1', hash: 'sha512', fieldBytes: 66 },
  EdDSA: { kty: 'OKP', keyType: 'ed25519', crv: 'Ed25519', keyBytes: 32, signatureBytes: 64 },
  'ML-DSA-44': { kty: 'AKP', keyType: 'ml-dsa-44', keyBytes: 1312, seedBytes: 32, signatureBytes: 2420 },
} as const satisfies Record<JwsAlgorithm, AlgorithmProperties>;

export const JWS_ALGORITHM_NAMES = Object.keys(JWS_ALGORITHMS) as readonly JwsAlgorithm[];

export type HmacAlgorithmName = 'HS256' | 'HS384' | 'HS512';
export type AsymmetricAlgorithmName = Exclude<JwsAlgorithm, HmacAlgorithmName>;

export function propertiesOf(algorithm: AsymmetricAlgorithmName): AsymmetricProperties;
export function propertiesOf(algorithm: JwsAlgorithm): AlgorithmProperties;
export function propertiesOf(algorithm: JwsAlgorithm): AlgorithmProperties {
  return JWS_ALGORITHMS[algorithm];
}

export function isHmac(algorithm: JwsAlgorithm): algorithm is HmacAlgorithmName {
  return JWS_ALGORITHMS[algorithm].kty === 'oct';
}

/**
 * The algorithm of exactly that name; `undefined` for any other value. `Ed25519` is what RFC 9864 §2.2 calls EdDSA with an Ed25519
 * key, which is the only EdDSA there is here.
 */
export function parseAlgorithm(name: unknown): JwsAlgorithm | undefined {
  if (name === 'Ed25519') return 'EdDSA';
  return typeof name === 'string' && Object.hasOwn(JWS_ALGORITHMS, name) ? (name as JwsAlgorithm) : undefined;
}
