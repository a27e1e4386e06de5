import { crc32 } from 'node:zlib';
import { sessionIdBytes, sessionIdFromBytes, type SessionId } from '../domain/ids.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { concatBytes, labelled, utf8 } from './bytes.ts';
import { deriveKey, equalBytes } from './digest.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/*
 * body  = 0x01 ‖ v(1) ‖ sid(16) ‖ generation(4, big-endian)
 * inner = HMAC-SHA-256(share, "ww/rt/inner/1" ‖ 0x00 ‖ body), first 16 bytes
 * outer = HMAC-SHA-256(K_v,   "ww/rt/outer/1" ‖ 0x00 ‖ body ‖ inner), first 16 bytes
 * text  = "wwr_" ‖ base64url(body ‖ inner ‖ outer) ‖ CRC-32 of everything before it, 6 base62 digits
 *
 * K_v is the server's half and `share` the row's: it takes both to make a token.
 */

const PREFIX = 'wwr_';
const FORMAT_VERSION = 0x01;
const BODY_BYTES = 22;
const TAG_BYTES = 16;
const ENCODED_LENGTH = 72;
const CHECKSUM_LENGTH = 6;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const INNER_LABEL = labelled('ww/rt/inner/1');
const OUTER_LABEL = labelled('ww/rt/outer/1');
const SHAPE = /^wwr_[A-Za-z0-9_-]{72}[0-9A-Za-z]{6}$/;

/** K_v: what the outer tags of one version are computed with. */
export interface RefreshKey {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** A text that has the shape and the checksum of a refresh token. Nothing about it is proven yet. */
export interface PresentedRefreshToken {
  readonly keyVersion: number;
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly body: Uint8Array;
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

/** K_v = HKDF-SHA-256(root_v, "watchword/refresh-outer/1" ‖ 0x00 ‖ issuer). */
export function deriveRefreshKey(root: Uint8Array, version: number, issuer: string): RefreshKey {
  return { version, bytes: deriveKey(root, labelled('watchword/refresh-outer/1', utf8(issuer))) };
}

/** The one text of a session's token of a generation: the same arguments always give the same 82 characters. */
export function formatRefreshToken(
  sessionId: SessionId,
  generation: number,
  key: RefreshKey,
  share: Uint8Array,
): string {
  const body = tokenBody(key.version, sessionId, generation);
  const inner = innerTag(share, body);
  const outer = outerTag(key, body, inner);
  const text = PREFIX + encodeBase64url(concatBytes(body, inner, outer));
  return text + checksum(text);
}

/** Shape and checksum: a typing error or another program's token is told apart before any key is touched. */
export function parseRefreshToken(text: unknown): PresentedRefreshToken | undefined {
  if (typeof text !== 'string' || !SHAPE.test(text)) return undefined;
  const checked = text.slice(0, PREFIX.length + ENCODED_LENGTH);
  if (checksum(checked) !== text.slice(-CHECKSUM_LENGTH)) return undefined;
  const bytes = decodeBase64url(checked.slice(PREFIX.length));
  if (bytes === undefined || bytes[0] !== FORMAT_VERSION) return undefined;
  const body = bytes.subarray(0, BODY_BYTES);
  const view = new DataView(body.buffer, body.byteOffset, BODY_BYTES);
  return {
    keyVersion: view.getUint8(1),
    sessionId: sessionIdFromBytes(body.subarray(2, 18)),
    generation: view.getUint32(18),
    body,
    inner: bytes.subarray(BODY_BYTES, BODY_BYTES + TAG_BYTES),
    outer: bytes.subarray(BODY_BYTES + TAG_BYTES),
  };
}

/** Whether the server's key made the token: no store is asked before this is so. */
export function hasOuterTag(token: PresentedRefreshToken, key: RefreshKey): boolean {
  return equalBytes(token.outer, outerTag(key, token.body, token.inner));
}

/** Whether the session's share made the token. */
export function hasInnerTag(token: PresentedRefreshToken, share: Uint8Array): boolean {
  return equalBytes(token.inner, innerTag(share, token.body));
}

function tokenBody(keyVersion: number, sessionId: SessionId, generation: number): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  const view = new DataView(body.buffer);
  view.setUint8(0, FORMAT_VERSION);
  view.setUint8(1, keyVersion);
  body.set(sessionIdBytes(sessionId), 2);
  view.setUint32(18, generation);
  return body;
}

function innerTag(share: Uint8Array, body: Uint8Array): Uint8Array {
  return hmacSha256(share, INNER_LABEL, body).subarray(0, TAG_BYTES);
}

function outerTag(key: RefreshKey, body: Uint8Array, inner: Uint8Array): Uint8Array {
  return hmacSha256(key.bytes, OUTER_LABEL, body, inner).subarray(0, TAG_BYTES);
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = BASE62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
