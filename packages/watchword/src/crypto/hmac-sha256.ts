import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

/*
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1) as what it is: two hashes. `createHmac` makes a key object of the key and a stream of the
 * message on every call; two one-shot hashes over blocks that are used again take a fraction of that. The
 * blocks belong to one synchronous call at a time. `test/crypto/hmac-sha256.test.ts` holds it to `createHmac`.
 */

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The longest message, in bytes: a token of 8192 characters, should each of them take three. */
const LONGEST_MESSAGE = 24_576;

const inner = Buffer.alloc(BLOCK_BYTES + LONGEST_MESSAGE);
const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/** How many bytes of the blocks the last key has changed; behind them they are nothing but padding. */
let keyedBytes = BLOCK_BYTES;

/** The MAC of the parts, one behind the other: 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  let end = BLOCK_BYTES;
  for (const part of parts) {
    if (end + part.length > inner.length)
      throw new RangeError(`an HMAC takes ${LONGEST_MESSAGE} bytes at most`);
    inner.set(part, end);
    end += part.length;
  }
  return Buffer.from(finish(key, end, 'binary'), 'latin1');
}

/** The MAC of a text's UTF-8, in base64url: 43 characters. */
export function hmacSha256OfText(key: Uint8Array, text: string): string {
  const length = inner.write(text, BLOCK_BYTES, 'utf8');
  // A text that did not fit was cut: what is written must be all of it.
  if (length < text.length || BLOCK_BYTES + length > inner.length - 3) {
    throw new RangeError(`an HMAC takes ${LONGEST_MESSAGE} bytes at most`);
  }
  return finish(key, BLOCK_BYTES + length, 'base64url');
}

function finish(key: Uint8Array, end: number, encoding: 'binary' | 'base64url'): string {
  const block = key.length > BLOCK_BYTES ? Buffer.from(hash('sha256', key, 'binary'), 'latin1') : key;
  const { length } = block;
  for (let index = 0; index < length; index += 1) {
    const byte = block[index] ?? 0;
    inner[index] = byte ^ INNER_PAD;
    outer[index] = byte ^ OUTER_PAD;
  }
  if (length < keyedBytes) {
    inner.fill(INNER_PAD, length, keyedBytes);
    outer.fill(OUTER_PAD, length, keyedBytes);
  }
  keyedBytes = length;
  outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1');
  return hash('sha256', outer, encoding);
}
