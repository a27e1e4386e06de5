import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { KeyRefusedError } from '../../errors/watchword-error.ts';
import {
  isHmac,
  JWS_ALGORITHM_NAMES,
  JWS_ALGORITHMS,
  parseAlgorithm,
  propertiesOf,
  type AsymmetricAlgorithmName,
  type JwsAlgorithm,
} from './algorithms.ts';
import { patternOf } from '../byte-pattern.ts';
import { integerMember, jwkMembers, octetsMember, textMember, type JwkMembers } from './jwk-members.ts';
import { asymmetricKey, keyObject, secretKey } from './make-parsed-key.ts';
import { ALL_USES, assertKeyId, type KeyUses, type ParsedKey } from './parsed-key.ts';

export interface ParseJwkOptions {
  /** Where the JWK has no `alg`, exactly one of these has to fit its type and curve. Default: all. */
  readonly algorithms?: readonly JwsAlgorithm[];
}

/**
 * A key from a JWK (RFC 7517, 7518 §6, 8037, 9964), public, private or secret; anything about it that is wrong, weak or
 * ambiguous is refused with `ERR_KEY_REFUSED`.
 */
export function parseJwk(jwk: unknown, { algorithms }: ParseJwkOptions = {}): ParsedKey {
  const members = jwkMembers(jwk);
  const id = members['kid'];
  assertKeyId(id);
  const uses = usesOf(members);
  const algorithm = algorithmOf(members, algorithms ?? JWS_ALGORITHM_NAMES);
  if (isHmac(algorithm)) {
    const secret = secretOf(members);
    const key = secretKey(id, algorithm, secret, uses);
    assertNoPattern(secret);
    return key;
  }
  return asymmetricKey(id, algorithm, keyObjects(members, algorithm), uses);
}

/** RFC 7517 §4.2, §4.3: a key that says what it is for is for nothing else. */
function usesOf(jwk: JwkMembers): KeyUses {
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') {
    throw new KeyRefusedError('The `use` of the JWK is not `sig`: this key is not for signatures.');
  }
  const operations: unknown = jwk['key_ops'];
  if (operations === undefined) return ALL_USES;
  const isList = Array.isArray(operations) && operations.every((one) => typeof one === 'string');
  if (!isList || new Set(operations).size !== operations.length) {
    throw new KeyRefusedError('The `key_ops` of the JWK is not an array of different strings.');
  }
  const uses = { verify: operations.includes('verify'), sign: operations.includes('sign') };
  if (uses.verify || uses.sign) return uses;
  throw new KeyRefusedError('The `key_ops` of the JWK has neither `verify` nor `sign`.');
}

function algorithmOf(jwk: JwkMembers, allowed: readonly JwsAlgorithm[]): JwsAlgorithm {
  const kty = textMember(jwk, 'kty');
  const fitting = JWS_ALGORITHM_NAMES.filter((name) => {
    const properties = JWS_ALGORITHMS[name];
    return properties.kty === kty && (!('crv' in properties) || properties.crv === jwk['crv']);
  });
  if (fitting.length === 0) {
    throw new KeyRefusedError(
      'The `kty` or the `crv` of the JWK is unknown. Use oct, RSA, EC with P-256, P-384 or P-521, OKP with Ed25519, or AKP.',
    );
  }
  if (jwk['alg'] !== undefined) {
    const named = parseAlgorithm(jwk['alg']);
    if (named !== undefined && fitting.includes(named)) return named;
    throw new KeyRefusedError(
      `The \`alg\` of the JWK does not fit its type: use ${fitting.join(', ')}, written exactly so.`,
    );
  }
  const left = fitting.filter((name) => allowed.includes(name));
  const [only] = left;
  // RFC 9964 §3: in a key of the type AKP the `alg` is no option.
  if (only !== undefined && left.length === 1 && kty !== 'AKP') return only;
  throw new KeyRefusedError(
    'The JWK has no `alg`, and the allowed algorithms do not leave exactly one that fits it. ' +
      `Give it the \`alg\` that it was made for: ${fitting.join(', ')}.`,
  );
}

function secretOf(jwk: JwkMembers): Uint8Array {
  const secret = octetsMember(jwk, 'k');
  const key = Buffer.from(secret);
  const isPublicKey =
    keyObject(() => createPublicKey({ key, format: 'pem' })) ??
    keyObject(() => createPublicKey({ key, format: 'der', type: 'spki' })) ??
    keyObject(() => createPublicKey({ key, format: 'der', type: 'pkcs1' }));
  if (isPublicKey === undefined) return secret;
  throw new KeyRefusedError(
    'The secret of the JWK is a public key, which everybody knows. Use random bytes.',
  );
}

function assertNoPattern(secret: Uint8Array): void {
  const pattern = patternOf(secret);
  if (pattern === undefined) return;
  throw new KeyRefusedError(`The secret of the JWK is guessable: ${pattern}. Use random bytes.`);
}

interface KeyObjects {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | undefined;
}

/** OpenSSL is handed members that were read strictly, and no others. */
function keyObjects(jwk: JwkMembers, algorithm: AsymmetricAlgorithmName): KeyObjects {
  const { publicMembers, privateMembers } = materialOf(jwk, algorithm);
  const publicKey = keyObject(() => createPublicKey({ key: publicMembers, format: 'jwk' }));
  if (publicKey === undefined) throw unreadable(algorithm);
  if (privateMembers === undefined) return { publicKey, privateKey: undefined };
  const privateJwk = { ...publicMembers, ...privateMembers };
  const privateKey = keyObject(() => createPrivateKey({ key: privateJwk, format: 'jwk' }));
  if (privateKey === undefined) {
    throw new KeyRefusedError('The private members of the JWK are no key. Export it again.');
  }
  return { publicKey, privateKey };
}

function unreadable(algorithm: AsymmetricAlgorithmName): KeyRefusedError {
  if (algorithm === 'ML-DSA-44') {
    return new KeyRefusedError(
      'This runtime has no ML-DSA-44. Use Node 24.7 or newer, or a key for ES256 or EdDSA.',
    );
  }
  return new KeyRefusedError(
    algorithm.startsWith('ES')
      ? 'The point of the JWK, `x` and `y`, is not on its curve.'
      : 'The members of the JWK are no key. Export it again.',
  );
}

/** What is longer is not handed to OpenSSL, whose work grows with the square; what may be a key is decided afterwards. */
const MOST_MODULUS_BYTES = 4096;
const MOST_EXPONENT_BYTES = 64;

type Members = Readonly<Record<string, string>>;

function materialOf(
  jwk: JwkMembers,
  algorithm: AsymmetricAlgorithmName,
): { readonly publicMembers: Members; readonly privateMembers: Members | undefined } {
  const properties = propertiesOf(algorithm);
  const octets = (name: string, length: number): string => {
    octetsMember(jwk, name, length);
    return textMember(jwk, name);
  };
  const { kty } = properties;
  const isPrivate = jwk[kty === 'AKP' ? 'priv' : 'd'] !== undefined;
  switch (kty) {
    case 'RSA':
      return {
        publicMembers: {
          kty,
          n: integerMember(jwk, 'n', MOST_MODULUS_BYTES),
          e: integerMember(jwk, 'e', MOST_EXPONENT_BYTES),
        },
        privateMembers: isPrivate ? privateRsaMembers(jwk) : undefined,
      };
    case 'EC': {
      const { crv, fieldBytes } = properties;
      return {
        publicMembers: { kty, crv, x: octets('x', fieldBytes), y: octets('y', fieldBytes) },
        privateMembers: isPrivate ? { d: octets('d', fieldBytes) } : undefined,
      };
    }
    case 'OKP': {
      const { crv, keyBytes } = properties;
      return {
        publicMembers: { kty, crv, x: octets('x', keyBytes) },
        privateMembers: isPrivate ? { d: octets('d', keyBytes) } : undefined,
      };
    }
    case 'AKP':
      return {
        publicMembers: { kty, alg: algorithm, pub: octets('pub', properties.keyBytes) },
        privateMembers: isPrivate ? { priv: octets('priv', properties.seedBytes) } : undefined,
      };
  }
}

/** RFC 7518 §6.3.2. */
function privateRsaMembers(jwk: JwkMembers): Members {
  if (jwk['oth'] !== undefined) {
    throw new KeyRefusedError('The RSA key has more than two primes. Generate one with two.');
  }
  const names = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const;
  return Object.fromEntries(names.map((name) => [name, integerMember(jwk, name, MOST_MODULUS_BYTES)]));
}
