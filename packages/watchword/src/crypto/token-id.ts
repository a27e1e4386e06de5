import { sessionIdBytes, type SessionId, type TokenId } from '../domain/ids.ts';
import { epochMs, type EpochMs } from '../domain/time.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { labelled } from './bytes.ts';
import { equalBytes } from './digest.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/*
 * jti = time(6 bytes, milliseconds) ‖ random(4) ‖ MAC(6), the MAC over session, generation, time and random.
 * Only somebody who saw a token can say its id, so a report of its use cannot be made up.
 */

const TIME_BYTES = 6;
const RANDOM_BYTES = 4;
const MAC_BYTES = 6;
const LABEL = labelled('ww/jti/1');
const UNIQUE_BYTES = TIME_BYTES + RANDOM_BYTES;

/** What a token id is bound to; tokens without a session leave `sessionId` out and have generation 0. */
export interface TokenIdBinding {
  readonly sessionId?: SessionId;
  readonly generation: number;
}

/** Mints the id of a token issued at `issuedMs`; takes 4 random bytes. */
export function createTokenId(
  issuedMs: EpochMs,
  random: Uint8Array,
  binding: TokenIdBinding,
  key: Uint8Array,
): TokenId {
  const bytes = new Uint8Array(UNIQUE_BYTES + MAC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(issuedMs / 2 ** 32));
  view.setUint32(2, issuedMs % 2 ** 32);
  bytes.set(random.subarray(0, RANDOM_BYTES), TIME_BYTES);
  bytes.set(tokenIdMac(bytes.subarray(0, UNIQUE_BYTES), binding, key), UNIQUE_BYTES);
  return encodeBase64url(bytes) as TokenId;
}

/** The millisecond in which a token was issued, as its id says; 0 where it is no id of ours. */
export function tokenIssuedMs(id: TokenId): EpochMs {
  const bytes = decodeBase64url(id);
  if (bytes === undefined || bytes.length < UNIQUE_BYTES) return epochMs(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, UNIQUE_BYTES);
  return epochMs(view.getUint16(0) * 2 ** 32 + view.getUint32(2));
}

/** Whether the issuer made this id for a token of this session and generation. */
export function isTokenIdOf(id: TokenId, binding: TokenIdBinding, key: Uint8Array): boolean {
  const bytes = decodeBase64url(id);
  if (bytes === undefined || bytes.length !== UNIQUE_BYTES + MAC_BYTES) return false;
  const mac = tokenIdMac(bytes.subarray(0, UNIQUE_BYTES), binding, key);
  return equalBytes(bytes.subarray(UNIQUE_BYTES), mac);
}

function tokenIdMac(unique: Uint8Array, binding: TokenIdBinding, key: Uint8Array): Uint8Array {
  const generation = new Uint8Array(4);
  new DataView(generation.buffer).setUint32(0, binding.generation);
  const session = binding.sessionId === undefined ? new Uint8Array(16) : sessionIdBytes(binding.sessionId);
  return hmacSha256(key, LABEL, session, generation, unique).subarray(0, MAC_BYTES);
}
