import { generateKeyPair as generateNodeKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { jwkThumbprint } from './jwk-thumbprint.ts';

/** Makes a fresh key pair and describes it in every form that it may be asked for. */
export async function generateKeyPair(request: KeyPairRequest): Promise<GeneratedKeyPair> {
  const { privateKey, publicKey } = await generate(request);
  const algorithm = algorithmOf(request);
  const kid = jwkThumbprint(publicKey.export({ format: 'jwk' }));
  return {
    kind: request.kind,
    algorithm,
    kid,
    jwk: { private: describe(privateKey, algorithm, kid), public: describe(publicKey, algorithm, kid) },
    pem: {
      private: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      public: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    },
  };
}

export type KeyFormat = 'jwk' | 'pem';

export const KEY_FORMATS: readonly KeyFormat[] = ['jwk', 'pem'];

export const RSA_BITS = [2048, 3072, 4096] as const;

export type RsaBits = (typeof RSA_BITS)[number];

export const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;

export type RsaAlgorithm = (typeof RSA_ALGORITHMS)[number];

/** RFC 7518 §3.4: each curve has its one algorithm. */
export const EC_ALGORITHMS = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' } as const;

export type EcCurve = keyof typeof EC_ALGORITHMS;

/** RFC 8037 says `EdDSA`, which everybody knows; RFC 9864 says `Ed25519`, which means only this. */
export const ED25519_ALGORITHMS = ['EdDSA', 'Ed25519'] as const;

export type Ed25519Algorithm = (typeof ED25519_ALGORITHMS)[number];

export type KeyPairRequest =
  | { readonly kind: 'rsa'; readonly bits: RsaBits; readonly algorithm: RsaAlgorithm }
  | { readonly kind: 'ec'; readonly curve: EcCurve }
  | { readonly kind: 'ed25519'; readonly algorithm: Ed25519Algorithm };

/** A JWK that says all that a verifier must know: RFC 7517 §4. */
export type SigningJwk = JsonWebKey & {
  readonly kty: string;
  readonly use: 'sig';
  readonly alg: string;
  readonly kid: string;
};

export interface GeneratedKeyPair {
  readonly kind: KeyPairRequest['kind'];
  readonly algorithm: string;
  /** The RFC 7638 thumbprint. */
  readonly kid: string;
  readonly jwk: { readonly private: SigningJwk; readonly public: SigningJwk };
  /** PKCS#8 (RFC 5208) and SPKI (RFC 5280 §4.1.2.7); they have no place for the algorithm and the kid. */
  readonly pem: { readonly private: string; readonly public: string };
}

const generateAsync = promisify(generateNodeKeyPair);

function generate(request: KeyPairRequest): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  switch (request.kind) {
    case 'rsa':
      return generateAsync('rsa', { modulusLength: request.bits, publicExponent: 65_537 });
    case 'ec':
      return generateAsync('ec', { namedCurve: request.curve });
    case 'ed25519':
      return generateAsync('ed25519');
  }
}

function algorithmOf(request: KeyPairRequest): string {
  return request.kind === 'ec' ? EC_ALGORITHMS[request.curve] : request.algorithm;
}

function describe(key: KeyObject, algorithm: string, kid: string): SigningJwk {
  const { kty = '', ...material } = key.export({ format: 'jwk' });
  return { kty, use: 'sig', alg: algorithm, kid, ...material };
}
