import { encodeBase64url } from './base64url.ts';
import { utf8 } from './bytes.ts';
import { equalBytes, sha256 } from './digest.ts';

/** How many random bytes a client secret has. */
export const CLIENT_SECRET_BYTES = 32;

const PREFIX = 'wwcs_';
const MAX_LENGTH = 128;

/** `wwcs_` and 43 characters: a prefix by which scanners know what has leaked. */
export function formatClientSecret(random: Uint8Array): string {
  return PREFIX + encodeBase64url(random);
}

export function hashClientSecret(text: string): Uint8Array {
  return sha256(utf8(text));
}

/** Compares hashes, in time that says nothing about where they differ. */
export function isClientSecret(text: string, hash: Uint8Array): boolean {
  return text.length <= MAX_LENGTH && equalBytes(hashClientSecret(text), hash);
}
