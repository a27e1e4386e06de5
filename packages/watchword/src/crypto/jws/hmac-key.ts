import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyId } from '../../domain/ids.ts';
import type { JwsKey } from './jws-key.ts';

/** SHA-256 in base64url: 32 bytes are 43 characters. */
const SIGNATURE_LENGTH = 43;

/** HS256, RFC 7518 §3.2; the secret has at least the 32 bytes that it demands. */
export function createHmacKey(id: KeyId, secret: Uint8Array): JwsKey {
  if (secret.length < 32) throw new RangeError('an HS256 secret has at least 32 bytes');
  // Bytes, and no KeyObject: Node 24 takes three times as long to look into one as the hash itself takes.
  const key = Buffer.from(secret);
  const sign = (signingInput: string): string =>
    createHmac('sha256', key).update(signingInput, 'latin1').digest('base64url');
  return {
    id,
    algorithm: 'HS256',
    publicJwk: undefined,
    sign,
    verify(signingInput, signature) {
      if (signature.length !== SIGNATURE_LENGTH) return false;
      // Compared as text: of the spellings that decode to the same bytes only one is right.
      return timingSafeEqual(Buffer.from(signature, 'latin1'), Buffer.from(sign(signingInput), 'latin1'));
    },
  };
}
