import { Buffer } from 'node:buffer';

/** RFC 7515 §2: base64url without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/**
 * Decodes the one spelling that `encodeBase64url` would have written; `undefined` for padding, other alphabets, white
 * space and spare bits that are not zero, all of which Node's own decoder lets pass.
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
