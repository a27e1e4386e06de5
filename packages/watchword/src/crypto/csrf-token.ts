import { sessionIdBytes, type SessionId } from '../domain/ids.ts';
import { encodeBase64url } from './base64url.ts';
import { labelled, utf8 } from './bytes.ts';
import { deriveKey, equalBytes } from './digest.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/*
 * K     = HKDF-SHA-256(token id root, "watchword/csrf/1" ‖ 0x00 ‖ issuer)
 * token = base64url(HMAC-SHA-256(K, "ww/csrf/1" ‖ 0x00 ‖ sid)), 43 characters
 *
 * One session has one token for as long as it lives, so that answers that cross each other set the same.
 */

const LABEL = labelled('ww/csrf/1');

/** K: the same in every process of an installation, and in no other installation. */
export function deriveCsrfKey(root: Uint8Array, issuer: string): Uint8Array {
  return deriveKey(root, labelled('watchword/csrf/1', utf8(issuer)));
}

export function createCsrfToken(sessionId: SessionId, key: Uint8Array): string {
  return encodeBase64url(hmacSha256(key, LABEL, sessionIdBytes(sessionId)));
}

/** Compares in time that says nothing about where the texts differ. */
export function isCsrfToken(text: string, sessionId: SessionId, key: Uint8Array): boolean {
  return equalBytes(utf8(text), utf8(createCsrfToken(sessionId, key)));
}
