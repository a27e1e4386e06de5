import { Buffer } from 'node:buffer';
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { KeyRefusedError } from '../../errors/watchword-error.ts';
import { sha256 } from '../digest.ts';
import { hmacSha256OfText } from '../hmac-sha256.ts';
import { JWS_ALGORITHMS, type HmacAlgorithmName } from './algorithms.ts';
import type { JwsSigningKey } from './jws-key.ts';

const SHA256_BLOCK_BYTES = 64;

/** HMAC with SHA-2; RFC 7518 §3.2: “A key of the same size as the hash output … or larger MUST be used”. */
export function createHmacKey<Id extends string | undefined, Algorithm extends HmacAlgorithmName>(
  id: Id,
  algorithm: Algorithm,
  secret: Uint8Array,
): JwsSigningKey<Id, Algorithm> {
  const { hashBytes } = JWS_ALGORITHMS[algorithm];
  if (secret.length < hashBytes) {
    throw new KeyRefusedError(
      `An ${algorithm} secret has at least ${hashBytes} bytes, and this one ${secret.length}. Use random bytes: ` +
        `\`watchword keygen secret --bytes ${hashBytes}\`.`,
    );
  }
  return createHmacKeyOfAnyLength(id, algorithm, secret);
}

/** The same with a secret that nobody would choose: only what others have signed is verified with it. */
export function createHmacKeyOfAnyLength<Id extends string | undefined, Algorithm extends HmacAlgorithmName>(
  id: Id,
  algorithm: Algorithm,
  secret: Uint8Array,
): JwsSigningKey<Id, Algorithm> {
  const { hashBytes } = JWS_ALGORITHMS[algorithm];
  const sign = signer(algorithm, Uint8Array.from(secret));
  const signatureLength = Math.ceil((hashBytes * 4) / 3);
  // Both belong to one synchronous call at a time.
  const presented = Buffer.alloc(signatureLength);
  const right = Buffer.alloc(signatureLength);
  return {
    id,
    algorithm,
    publicJwk: undefined,
    sign,
    verify(signingInput, signature) {
      // Compared as text: of the spellings that decode to the same bytes only one is right. And as UTF-8: in Latin-1
      // characters beyond it would fold into right ones. What is not ASCII does not fit, and is cut.
      if (signature.length !== signatureLength || presented.write(signature, 'utf8') !== signatureLength) {
        return false;
      }
      right.write(sign(signingInput), 'latin1');
      return timingSafeEqual(presented, right);
    },
  };
}

function signer(algorithm: HmacAlgorithmName, secret: Uint8Array): (signingInput: string) => string {
  if (algorithm === 'HS256') {
    // RFC 2104 §2: what is longer than a block is hashed first; once is enough.
    const key = secret.length > SHA256_BLOCK_BYTES ? sha256(secret) : secret;
    return (signingInput) => hmacSha256OfText(key, signingInput);
  }
  const { hash } = JWS_ALGORITHMS[algorithm];
  const key = createSecretKey(secret);
  return (signingInput) => createHmac(hash, key).update(signingInput, 'utf8').digest('base64url');
}
