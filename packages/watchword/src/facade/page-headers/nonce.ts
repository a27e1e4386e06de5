import { encodeBase64url } from '../../crypto/base64url.ts';
import { systemRandom } from '../../platform/system-random.ts';

/** 128 bits, as CSP 3 §7.1 asks for at least. */
const NONCE_BYTES = 16;

const nonces = new WeakMap<object, string>();

export function makeNonce(): string {
  return encodeBase64url(systemRandom.bytes(NONCE_BYTES));
}

/** The nonce of an answer, which its policy has and its scripts carry: the same however often it is asked for. */
export function nonceOf(response: object): string {
  const present = nonces.get(response);
  if (present !== undefined) return present;
  const made = makeNonce();
  nonces.set(response, made);
  return made;
}
