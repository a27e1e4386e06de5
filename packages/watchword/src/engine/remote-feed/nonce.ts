import { encodeBase64url } from '../../crypto/base64url.ts';
import type { Random } from '../../ports/random.ts';

const NONCE_BYTES = 16;

/** What nobody else can have been answered with. */
export function createNonce(random: Random): string {
  return encodeBase64url(random.bytes(NONCE_BYTES));
}
