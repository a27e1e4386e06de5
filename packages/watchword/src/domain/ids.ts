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
