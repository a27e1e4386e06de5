import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { KeyId } from '../../domain/ids.ts';
import { hmacSha256OfText } from '../hmac-sha256.ts';
import type { JwsKey } from './jws-key.ts';

/** SHA-256 in base64url: 32 bytes are 43 characters. */
const SIGNATURE_LENGTH = 43;

/** HS256, RFC 7518 §3.2; the secret has at least the 32 bytes that it demands. */
export function createHmacKey(id: KeyId, secret: Uint8Array): JwsKey {
  if (secret.length < 32) throw new RangeError('an HS256 secret has at least 32 bytes');
  const key = Uint8Array.from(secret);
  const sign = (signingInput: string): string => hmacSha256OfText(key, signingInput);
  return {
    id,
    algorithm: 'HS256',
    publicJwk: undefined,
    sign,
    verify(signingInput, signature) {
      // Compared as text: of the spellings that decode to the same bytes only one is right. And as UTF-8: in Latin-1
      // characters beyond it would fold into right ones.
      const presented = Buffer.from(signature, 'utf8');
      return (
        presented.length === SIGNATURE_LENGTH &&
        timingSafeEqual(presented, Buffer.from(sign(signingInput), 'utf8'))
      );
    },
  };
}
