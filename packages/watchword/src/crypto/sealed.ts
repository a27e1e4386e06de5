import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { KeyWrapping } from '../ports/key-wrapping.ts';
import type { Random } from '../ports/random.ts';
import { concatBytes, labelled, toHex, utf8 } from './bytes.ts';
import { deriveKey, sha256 } from './digest.ts';

/*
 * The one format for secrets at rest:
 *
 *   0x01 ‖ id of the wrapping key(8) ‖ length of the wrapped key(2) ‖ wrapped data key ‖ AES-256-GCM(data key, secret)
 *
 * AES-256-GCM stands for nonce(12) ‖ ciphertext ‖ tag(16). Each row has a data key of its own, so the wrapping key can be
 * changed without touching what it protects. Purpose and id of the row are associated data of both layers: a row that was
 * copied to another place does not open.
 */

const FORMAT_VERSION = 0x01;
const KEY_ID_BYTES = 8;
const HEADER_BYTES = 1 + KEY_ID_BYTES + 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;

/** What a sealed secret is for and which row it belongs to. */
export interface SealedPurpose {
  readonly purpose: string;
  readonly id: string;
}

export type Opened =
  | { readonly kind: 'opened'; readonly secret: Uint8Array }
  | { readonly kind: 'other_key'; readonly keyId: string }
  | { readonly kind: 'damaged' };

export async function seal(
  secret: Uint8Array,
  purpose: SealedPurpose,
  wrapping: KeyWrapping,
  random: Random,
): Promise<Uint8Array> {
  const context = sealContext(purpose);
  const dataKey = random.bytes(DATA_KEY_BYTES);
  const wrapped = await wrapping.wrap(dataKey, context);
  const length = Uint8Array.of(wrapped.length >> 8, wrapped.length & 0xff);
  const box = encryptAesGcm(dataKey, random.bytes(NONCE_BYTES), secret, context);
  return concatBytes(Uint8Array.of(FORMAT_VERSION), hexBytes(wrapping.keyId), length, wrapped, box);
}

export async function open(
  sealed: Uint8Array,
  purpose: SealedPurpose,
  wrapping: KeyWrapping,
): Promise<Opened> {
  const keyId = wrappingKeyIdOf(sealed);
  if (keyId === undefined) return { kind: 'damaged' };
  if (!wrapping.opens(keyId)) return { kind: 'other_key', keyId };
  const length = new DataView(sealed.buffer, sealed.byteOffset).getUint16(1 + KEY_ID_BYTES);
  const context = sealContext(purpose);
  const dataKey = await wrapping.unwrap(sealed.subarray(HEADER_BYTES, HEADER_BYTES + length), context, keyId);
  if (dataKey === undefined) return { kind: 'damaged' };
  const secret = decryptAesGcm(dataKey, sealed.subarray(HEADER_BYTES + length), context);
  return secret === undefined ? { kind: 'damaged' } : { kind: 'opened', secret };
}

/** The id of the key that the secret's data key is wrapped under; `undefined` for what is not of this format. */
export function wrappingKeyIdOf(sealed: Uint8Array): string | undefined {
  if (sealed.length < HEADER_BYTES || sealed[0] !== FORMAT_VERSION) return undefined;
  return toHex(sealed.subarray(1, 1 + KEY_ID_BYTES));
}

/** Wraps under the newest, and unwraps what any of them wrapped. */
export function joinWrappings(newest: KeyWrapping, former: readonly KeyWrapping[]): KeyWrapping {
  const all = [newest, ...former];
  return {
    keyId: newest.keyId,
    opens: (keyId) => all.some((wrapping) => wrapping.opens(keyId)),
    wrap: (dataKey, context) => newest.wrap(dataKey, context),
    async unwrap(wrapped, context, keyId) {
      return all.find((wrapping) => wrapping.opens(keyId))?.unwrap(wrapped, context, keyId);
    },
  };
}

/** Wraps under a key derived from the installation's secret; the key's id says nothing about the key. */
export function createSecretWrapping(secret: Uint8Array, random: Random): KeyWrapping {
  const key = deriveKey(secret, utf8('watchword/wrapping/1'));
  const keyId = toHex(sha256(labelled('ww/wrapping-id/1', key)).subarray(0, KEY_ID_BYTES));
  return {
    keyId,
    opens: (id) => id === keyId,
    async wrap(dataKey, context) {
      return encryptAesGcm(key, random.bytes(NONCE_BYTES), dataKey, context);
    },
    async unwrap(wrapped, context) {
      return decryptAesGcm(key, wrapped, context);
    },
  };
}

function sealContext({ purpose, id }: SealedPurpose): Uint8Array {
  return labelled('watchword/sealed/1', labelled(purpose, utf8(id)));
}

function encryptAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  plain: Uint8Array,
  context: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(context);
  const body = concatBytes(cipher.update(plain), cipher.final());
  return concatBytes(nonce, body, cipher.getAuthTag());
}

function decryptAesGcm(key: Uint8Array, box: Uint8Array, context: Uint8Array): Uint8Array | undefined {
  if (box.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(context);
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  try {
    return concatBytes(decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES)), decipher.final());
  } catch {
    return undefined;
  }
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}
