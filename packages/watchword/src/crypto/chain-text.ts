import { crc32 } from 'node:zlib';
import { sessionIdBytes, sessionIdFromBytes, type SessionId } from '../domain/ids.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { concatBytes, labelled, utf8 } from './bytes.ts';
import { deriveKey, equalBytes } from './digest.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/*
 * What stands for a generation of a session's chain, and is derived from the row, so that it is never stored:
 *
 * body  = 0x01 ‖ v(1) ‖ sid(16) ‖ generation(4, big-endian)
 * inner = HMAC-SHA-256(share, inner label ‖ 0x00 ‖ body), first 16 bytes
 * outer = HMAC-SHA-256(K_v,   outer label ‖ 0x00 ‖ body ‖ inner), first 16 bytes
 * text  = prefix ‖ base64url(body ‖ inner ‖ outer) ‖ CRC-32 of everything before it, 6 base62 digits
 *
 * K_v is the server's half and `share` the row's: it takes both to make one. Forms differ in prefix and labels, so that none passes
 * for another, whatever its prefix is changed to.
 */

const FORMAT_VERSION = 0x01;
const BODY_BYTES = 22;
const TAG_BYTES = 16;
const ENCODED_LENGTH = 72;
const CHECKSUM_LENGTH = 6;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHAPE = /^[A-Za-z0-9_-]{72}[0-9A-Za-z]{6}$/;

/** K_v: what the outer tags of one version are computed with. */
export interface RefreshKey {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** A text that has the shape and the checksum of a form. Nothing about it is proven yet. */
export interface PresentedText {
  readonly keyVersion: number;
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly body: Uint8Array;
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

/** One of the forms that a generation is given out in. */
export interface ChainTextForm {
  /** The one text of a session's generation: the same arguments always give the same 82 characters. */
  format(sessionId: SessionId, generation: number, key: RefreshKey, share: Uint8Array): string;
  /** Shape and checksum: a typing error or another program's token is told apart before any key is touched. */
  parse(text: unknown): PresentedText | undefined;
  /** Whether the server's key made it: no store is asked before this is so. */
  hasOuterTag(presented: PresentedText, key: RefreshKey): boolean;
  /** Whether the session's share made it. */
  hasInnerTag(presented: PresentedText, share: Uint8Array): boolean;
}

/** K_v = HKDF-SHA-256(root_v, "watchword/refresh-outer/1" ‖ 0x00 ‖ issuer). */
export function deriveRefreshKey(root: Uint8Array, version: number, issuer: string): RefreshKey {
  return { version, bytes: deriveKey(root, labelled('watchword/refresh-outer/1', utf8(issuer))) };
}

export function createChainTextForm(prefix: string, innerName: string, outerName: string): ChainTextForm {
  const innerLabel = labelled(innerName);
  const outerLabel = labelled(outerName);

  function innerTag(share: Uint8Array, body: Uint8Array): Uint8Array {
    return hmacSha256(share, innerLabel, body).subarray(0, TAG_BYTES);
  }

  function outerTag(key: RefreshKey, body: Uint8Array, inner: Uint8Array): Uint8Array {
    return hmacSha256(key.bytes, outerLabel, body, inner).subarray(0, TAG_BYTES);
  }

  return {
    format(sessionId, generation, key, share) {
      const body = bodyOf(key.version, sessionId, generation);
      const inner = innerTag(share, body);
      const text = prefix + encodeBase64url(concatBytes(body, inner, outerTag(key, body, inner)));
      return text + checksum(text);
    },
    parse(text) {
      if (typeof text !== 'string' || !text.startsWith(prefix) || !SHAPE.test(text.slice(prefix.length))) {
        return undefined;
      }
      const checked = text.slice(0, prefix.length + ENCODED_LENGTH);
      if (checksum(checked) !== text.slice(-CHECKSUM_LENGTH)) return undefined;
      return readBytes(decodeBase64url(checked.slice(prefix.length)));
    },
    hasOuterTag: ({ body, inner, outer }, key) => equalBytes(outer, outerTag(key, body, inner)),
    hasInnerTag: ({ body, inner }, share) => equalBytes(inner, innerTag(share, body)),
  };
}

function readBytes(bytes: Uint8Array | undefined): PresentedText | undefined {
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

function bodyOf(keyVersion: number, sessionId: SessionId, generation: number): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  const view = new DataView(body.buffer);
  view.setUint8(0, FORMAT_VERSION);
  view.setUint8(1, keyVersion);
  body.set(sessionIdBytes(sessionId), 2);
  view.setUint32(18, generation);
  return body;
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
