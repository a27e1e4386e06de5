import type { Brand } from './brand.ts';
import { epochMs, type EpochMs } from './time.ts';

/** A session, which is also its token family: a UUIDv7 in lower case (RFC 9562 §5.7) whose time is when it started. */
export type SessionId = Brand<string, 'SessionId'>;

/** The `jti` of a token: 16 bytes as 22 base64url characters. See `crypto/token-id`. */
export type TokenId = Brand<string, 'TokenId'>;

/** The `kid` of a signing key: 1 to 64 characters of base64url's alphabet. Never used twice. */
export type KeyId = Brand<string, 'KeyId'>;

const SESSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TOKEN_ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

const SESSION_ID_BYTES = 16;
const UUID_RANDOM_BYTES = 10;

export function parseSessionId(text: unknown): SessionId | undefined {
  return typeof text === 'string' && SESSION_ID.test(text) ? (text as SessionId) : undefined;
}

export function parseTokenId(text: unknown): TokenId | undefined {
  return typeof text === 'string' && TOKEN_ID.test(text) ? (text as TokenId) : undefined;
}

export function parseKeyId(text: unknown): KeyId | undefined {
  return typeof text === 'string' && KEY_ID.test(text) ? (text as KeyId) : undefined;
}

/** Makes the id of a session that starts at `startedMs`; takes 10 random bytes. */
export function createSessionId(startedMs: EpochMs, random: Uint8Array): SessionId {
  return createUuidV7(startedMs, random) as SessionId;
}

/** A UUIDv7 (RFC 9562 §5.7) of a time and 10 random bytes, of which 74 bits are kept. */
export function createUuidV7(time: EpochMs, random: Uint8Array): string {
  if (random.length !== UUID_RANDOM_BYTES) throw new RangeError('a UUIDv7 takes 10 random bytes');
  const bytes = new Uint8Array(SESSION_ID_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(time / 2 ** 32));
  view.setUint32(2, time % 2 ** 32);
  bytes.set(random, 6);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return sessionIdFromBytes(bytes);
}

/** When the session started, as its id says. */
export function sessionStartedMs(id: SessionId): EpochMs {
  return epochMs(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

const BYTE_IN_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The 16 bytes of the id, as they stand in a refresh token. */
export function sessionIdBytes(id: SessionId): Uint8Array {
  const bytes = new Uint8Array(SESSION_ID_BYTES);
  let at = 0;
  for (let index = 0; index < SESSION_ID_BYTES; index += 1) {
    if (id.charCodeAt(at) === HYPHEN) at += 1;
    bytes[index] = hexDigit(id.charCodeAt(at)) * 16 + hexDigit(id.charCodeAt(at + 1));
    at += 2;
  }
  return bytes;
}

const HYPHEN = 0x2d;
const NINE = 0x39;

/** Of a lower-case digit, which is all that a session id has. */
function hexDigit(code: number): number {
  return code <= NINE ? code - 0x30 : code - 0x57;
}

/** The id that 16 bytes spell; they need not be a UUIDv7, in which case no such session exists. */
export function sessionIdFromBytes(bytes: Uint8Array): SessionId {
  let text = '';
  for (let index = 0; index < SESSION_ID_BYTES; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += BYTE_IN_HEX[bytes[index] ?? 0];
  }
  return text as SessionId;
}

/** How many 32-bit words the 128 bits of a session's or a token's id fill, most significant first. */
export const ID_WORDS = 4;

/** What stands in a table of digits for a character that is none: no digit has this bit. */
const NO_DIGIT = 0x100;

function digitTable(digits: string): Uint16Array {
  const values = new Uint16Array(128).fill(NO_DIGIT);
  for (let value = 0; value < digits.length; value += 1) values[digits.charCodeAt(value)] = value;
  return values;
}

const HEX = digitTable('0123456789abcdef');
const BASE64URL = digitTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** Writes the 128 bits of a session's id as words from `at` on; `false` if the text spells none, and then not the bits. */
export function writeSessionIdWords(id: string, words: Uint32Array, at: number): boolean {
  if (id.length !== 36) return false;
  const hyphenated =
    id.charCodeAt(8) === HYPHEN &&
    id.charCodeAt(13) === HYPHEN &&
    id.charCodeAt(18) === HYPHEN &&
    id.charCodeAt(23) === HYPHEN;
  const a = fourHexDigits(id, 0);
  const b = fourHexDigits(id, 4);
  const c = fourHexDigits(id, 9);
  const d = fourHexDigits(id, 14);
  const e = fourHexDigits(id, 19);
  const f = fourHexDigits(id, 24);
  const g = fourHexDigits(id, 28);
  const h = fourHexDigits(id, 32);
  words[at] = (a << 16) | b;
  words[at + 1] = (c << 16) | d;
  words[at + 2] = (e << 16) | f;
  words[at + 3] = (g << 16) | h;
  return hyphenated && (a | b | c | d | e | f | g | h) >= 0;
}

/** The last of the words of a session's id; anything, if the text spells none. */
export function lastSessionIdWord(id: string): number {
  return ((fourHexDigits(id, 28) << 16) | fourHexDigits(id, 32)) >>> 0;
}

/** Negative where a character is no digit. */
function fourHexDigits(id: string, at: number): number {
  const a = HEX[id.charCodeAt(at)] ?? NO_DIGIT;
  const b = HEX[id.charCodeAt(at + 1)] ?? NO_DIGIT;
  const c = HEX[id.charCodeAt(at + 2)] ?? NO_DIGIT;
  const d = HEX[id.charCodeAt(at + 3)] ?? NO_DIGIT;
  return (((a | b | c | d) & NO_DIGIT) << 23) | (a << 12) | (b << 8) | (c << 4) | d;
}

/** Writes the 128 bits of a token's id as words from `at` on; `false` if the text spells none, and then not the bits. */
export function writeTokenIdWords(id: string, words: Uint32Array, at: number): boolean {
  if (id.length !== 22) return false;
  const a = fourSextets(id, 0);
  const b = fourSextets(id, 4);
  const c = fourSextets(id, 8);
  const d = fourSextets(id, 12);
  const e = fourSextets(id, 16);
  const f = BASE64URL[id.charCodeAt(20)] ?? NO_DIGIT;
  const g = BASE64URL[id.charCodeAt(21)] ?? NO_DIGIT;
  // Four characters are 24 bits, the last two the 8 that remain.
  words[at] = (a << 8) | (b >>> 16);
  words[at + 1] = (b << 16) | (c >>> 8);
  words[at + 2] = (c << 24) | d;
  words[at + 3] = (e << 8) | (f << 2) | (g >>> 4);
  return (a | b | c | d | e) >= 0 && ((f | g) & NO_DIGIT) === 0 && (g & 0xf) === 0;
}

/** The last of the words of a token's id; anything, if the text spells none. */
export function lastTokenIdWord(id: string): number {
  const f = BASE64URL[id.charCodeAt(20)] ?? NO_DIGIT;
  const g = BASE64URL[id.charCodeAt(21)] ?? NO_DIGIT;
  return ((fourSextets(id, 16) << 8) | (f << 2) | (g >>> 4)) >>> 0;
}

/** Negative where a character is no digit. */
function fourSextets(id: string, at: number): number {
  const a = BASE64URL[id.charCodeAt(at)] ?? NO_DIGIT;
  const b = BASE64URL[id.charCodeAt(at + 1)] ?? NO_DIGIT;
  const c = BASE64URL[id.charCodeAt(at + 2)] ?? NO_DIGIT;
  const d = BASE64URL[id.charCodeAt(at + 3)] ?? NO_DIGIT;
  return (((a | b | c | d) & NO_DIGIT) << 23) | (a << 18) | (b << 12) | (c << 6) | d;
}
