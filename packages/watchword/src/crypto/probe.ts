import { encodeBase64url } from './base64url.ts';
import { labelled, utf8 } from './bytes.ts';
import { equalBytes } from './digest.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/*
 * body  = the time in milliseconds, in decimal ‖ "." ‖ base64url(16 random bytes)
 * probe = body ‖ "." ‖ base64url(HMAC-SHA-256(K, "ww/probe/1" ‖ 0x00 ‖ body))
 * proof = base64url(HMAC-SHA-256(K, "ww/probe/answer/1" ‖ 0x00 ‖ probe))
 */

const PROBE_LABEL = labelled('ww/probe/1');
const ANSWER_LABEL = labelled('ww/probe/answer/1');
const SHAPE = /^((\d{1,16})\.[\w-]{22})\.([\w-]{43})$/;

/** Takes 16 random bytes. */
export function formatProbe(nowMs: number, random: Uint8Array, key: Uint8Array): string {
  const body = `${nowMs}.${encodeBase64url(random)}`;
  return `${body}.${mac(PROBE_LABEL, body, key)}`;
}

/** When a probe of this key was made; `undefined` for any other text. */
export function probeTimeMs(text: string, key: Uint8Array): number | undefined {
  const [, body = '', time = '', tag = ''] = SHAPE.exec(text) ?? [];
  return tag !== '' && isSame(tag, mac(PROBE_LABEL, body, key)) ? Number(time) : undefined;
}

/** What only who has the key can answer to a probe. */
export function proveProbe(probe: string, key: Uint8Array): string {
  return mac(ANSWER_LABEL, probe, key);
}

export function isProofOf(probe: string, proof: string, key: Uint8Array): boolean {
  return isSame(proof, proveProbe(probe, key));
}

function mac(label: Uint8Array, text: string, key: Uint8Array): string {
  return encodeBase64url(hmacSha256(key, label, utf8(text)));
}

function isSame(a: string, b: string): boolean {
  return equalBytes(utf8(a), utf8(b));
}
