import { Buffer } from 'node:buffer';
import { decodeUtf8 } from './bytes.ts';

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

/** The text whose UTF-8 (RFC 3629) was encoded; `undefined` for anything else. */
export function decodeBase64urlText(text: string): string | undefined {
  if (text.length > SCRATCH_TEXT) return decodeLongText(text);
  const length = scratch.write(text, 'base64url');
  if (!isOneSpelling(text, length)) return undefined;
  const decoded = scratch.toString('latin1', 0, length);
  // Whoever writes ASCII only, writes UTF-8.
  return Buffer.byteLength(decoded) === length ? decoded : decodeUtf8(scratch.subarray(0, length));
}

/** Belongs to one synchronous call at a time. */
const SCRATCH_TEXT = 8192;
const scratch = Buffer.alloc(SCRATCH_TEXT);

function decodeLongText(text: string): string | undefined {
  const bytes = decodeBase64url(text);
  return bytes && decodeUtf8(bytes);
}

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
