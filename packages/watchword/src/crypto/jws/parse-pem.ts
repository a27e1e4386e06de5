import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { KeyRefusedError } from '../../errors/watchword-error.ts';
import { isHmac, type JwsAlgorithm } from './algorithms.ts';
import { asymmetricKey, keyObject } from './make-parsed-key.ts';
import { ALL_USES, assertKeyId, type ParsedKey } from './parsed-key.ts';

/** An RSA key of 16384 bits with all its members takes under 13,000 characters. */
const MAX_PEM_LENGTH = 16_384;

const PEM = /^-----BEGIN (PUBLIC|PRIVATE) KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1 KEY-----\s*$/;

/**
 * A public key as SPKI (RFC 5280 §4.1.2.7) or a private one as PKCS#8 (RFC 5958), in PEM (RFC 7468). PEM names no JWS algorithm, so
 * that the caller does; what is wrong or weak is refused with `ERR_KEY_REFUSED`.
 */
export function parsePem(pem: unknown, algorithm: JwsAlgorithm, id?: string): ParsedKey {
  assertKeyId(id);
  if (isHmac(algorithm)) {
    throw new KeyRefusedError(
      `PEM holds no secret: for ${algorithm} give a JWK, \`{ kty: "oct", alg: "${algorithm}", k }\`.`,
    );
  }
  const match = typeof pem === 'string' && pem.length <= MAX_PEM_LENGTH ? PEM.exec(pem) : null;
  const key = decodeBody(match?.[2] ?? '');
  if (match === null || key === undefined) {
    throw new KeyRefusedError(
      'This is no PEM of one key: it begins with `-----BEGIN PUBLIC KEY-----` (SPKI) or `-----BEGIN PRIVATE KEY-----` ' +
        '(PKCS#8, not encrypted), and has nothing before or after it. Others are converted by `openssl pkey`.',
    );
  }
  const privateKey =
    match[1] === 'PRIVATE'
      ? keyObject(() => createPrivateKey({ key, format: 'der', type: 'pkcs8' }))
      : undefined;
  const publicKey =
    match[1] === 'PRIVATE'
      ? privateKey && keyObject(() => createPublicKey(privateKey))
      : keyObject(() => createPublicKey({ key, format: 'der', type: 'spki' }));
  if (publicKey === undefined) {
    throw new KeyRefusedError(
      algorithm === 'ML-DSA-44'
        ? 'The PEM holds no key that this runtime can read. ML-DSA-44 takes Node 24.7 or newer.'
        : 'The PEM holds no key that can be read. Export it again.',
    );
  }
  return asymmetricKey(id, algorithm, { publicKey, privateKey }, ALL_USES);
}

function decodeBody(lines: string): Buffer | undefined {
  const text = lines.replaceAll(/[\r\n]/g, '');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
