import type { KeyObject } from 'node:crypto';
import { KeyRefusedError } from '../../errors/watchword-error.ts';
import { decodeBase64url } from '../base64url.ts';
import { propertiesOf, type AsymmetricAlgorithmName } from './algorithms.ts';
import { isUsableEd25519Point } from './ed25519-point.ts';
import { bigIntOf, hasRocaFingerprint, hasSmallFactor } from './weak-rsa.ts';

const LEAST_RSA_BITS = 2048;
/** OpenSSL verifies with no larger modulus. */
const MOST_RSA_BITS = 16_384;
const LEAST_RSA_EXPONENT = 65_537n;
/** OpenSSL verifies with no larger exponent, where the modulus is over 3072 bits. */
const MOST_RSA_EXPONENT = 2n ** 64n;

/** Refuses a public key that is not for `algorithm`, or too weak for anything. */
export function assertKeyFits(key: KeyObject, algorithm: AsymmetricAlgorithmName): void {
  const properties = propertiesOf(algorithm);
  const type: string | undefined = key.asymmetricKeyType;
  if (type !== properties.keyType) {
    throw new KeyRefusedError(`The key is not for ${algorithm}: that takes ${wantedKey(algorithm)}.`);
  }
  if (properties.kty === 'RSA') assertStrongRsa(key);
  if (properties.kty === 'EC' && key.asymmetricKeyDetails?.namedCurve !== properties.namedCurve) {
    throw new KeyRefusedError(`The key is on another curve: ${algorithm} takes ${wantedKey(algorithm)}.`);
  }
  if (properties.kty === 'OKP' && !isUsableEd25519Point(memberOf(key, 'x'))) {
    throw new KeyRefusedError(
      'The public key is no point of Ed25519 that anything can be proven with. Generate another key.',
    );
  }
}

function wantedKey(algorithm: AsymmetricAlgorithmName): string {
  const properties = propertiesOf(algorithm);
  switch (properties.kty) {
    case 'RSA':
      return 'an RSA key (rsaEncryption)';
    case 'EC':
      return `an elliptic-curve key on ${properties.crv}`;
    case 'OKP':
      return 'an Ed25519 key';
    case 'AKP':
      return 'an ML-DSA-44 key';
  }
}

function assertStrongRsa(key: KeyObject): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS) {
    throw new KeyRefusedError(
      `The RSA key has ${bits} bits: use ${LEAST_RSA_BITS} or more (RFC 7518 §3.3), and ${MOST_RSA_BITS} at most.`,
    );
  }
  const exponent = key.asymmetricKeyDetails?.publicExponent ?? 0n;
  if (exponent < LEAST_RSA_EXPONENT || exponent > MOST_RSA_EXPONENT || exponent % 2n === 0n) {
    throw new KeyRefusedError(
      'The public exponent of the RSA key is below 65537, even, or of more than 64 bits. Use 65537.',
    );
  }
  const modulus = bigIntOf(memberOf(key, 'n'));
  if (hasSmallFactor(modulus)) {
    throw new KeyRefusedError('The modulus of the RSA key has a small factor. Generate another key.');
  }
  if (hasRocaFingerprint(modulus)) {
    throw new KeyRefusedError(
      'The RSA key was made by a chip whose keys can be factored (ROCA, CVE-2017-15361). Generate another key, elsewhere.',
    );
  }
}

function memberOf(key: KeyObject, name: 'n' | 'x'): Uint8Array {
  return decodeBase64url(key.export({ format: 'jwk' })[name] ?? '') ?? new Uint8Array(0);
}
