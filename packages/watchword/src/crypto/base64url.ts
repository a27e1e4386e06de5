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
  return isOneSpelling(text, bytes.length) ? bytes : undefined;
}

/** What `decodeBase64url` gives, as a text that has a character of Latin-1 for each byte. */
export function decodeBase64urlLatin1(text: string): string | undefined {
  const fits = text.length <= scratch.length;
  const bytes = fits ? scratch : Buffer.from(text, 'base64url');
  const length = fits ? scratch.write(text, 'base64url') : bytes.length;
  return isOneSpelling(text, length) ? bytes.toString('latin1', 0, length) : undefined;
}

/** Belongs to one synchronous call at a time. */
const scratch = Buffer.alloc(8192);

/** Whether a text that Node decodes to so many bytes is the one that it would have encoded them to. */
function isOneSpelling(text: string, length: number): boolean {
  // What Node does not know it skips, so that bytes are missing. Of what it takes beyond the alphabet there are the two
  // characters of plain base64, and those beyond Latin-1, of which it looks at the lower half only.
  const isWhole = length === (text.length * 3) >>> 2 && text.length % 4 !== 1;
  if (!isWhole || text.includes('+') || text.includes('/')) return false;
  return hasNoSpareBits(text) && Buffer.byteLength(text) === text.length;
}

/** Two characters carry 12 bits, of which 8 are a byte; three carry 18, of which 16 are two. */
function hasNoSpareBits(text: string): boolean {
  const last = text.at(-1) ?? '';
  switch (text.length % 4) {
    case 2:
      return 'AQgw'.includes(last);
    case 3:
      return 'AEIMQUYcgkosw048'.includes(last);
    default:
      return true;
  }
}
