import { Buffer } from 'node:buffer';
import type { KeyId } from '../../domain/ids.ts';
import { concatBytes, labelled, utf8 } from '../bytes.ts';
import { encodeBase64url } from '../base64url.ts';
import { deriveKey, sha256 } from '../digest.ts';
import { createAsymmetricKey } from './asymmetric-key.ts';
import type { JwsKey } from './jws-key.ts';

/** RFC 8410 §7: what stands before the seed in the PKCS#8 of an Ed25519 key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const THUMBPRINT_BYTES = 12;

/**
 * The Ed25519 key of a version of the feed's root: its seed is HKDF-SHA-256(root, "watchword/feed-key/1" ‖ 0x00 ‖ issuer). The
 * `kid` is the version and the beginning of the key's thumbprint (RFC 7638).
 */
export function deriveFeedKey(root: Uint8Array, version: number, issuer: string): JwsKey {
  const seed = deriveKey(root, labelled('watchword/feed-key/1', utf8(issuer)));
  const pkcs8 = concatBytes(PKCS8_PREFIX, seed);
  const x = createAsymmetricKey(undefined, 'EdDSA', pkcs8).publicJwk?.['x'] ?? '';
  const thumbprint = sha256(utf8(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })));
  const id = `feed-${version}-${encodeBase64url(thumbprint.subarray(0, THUMBPRINT_BYTES))}`;
  return createAsymmetricKey(id as KeyId, 'EdDSA', pkcs8);
}
