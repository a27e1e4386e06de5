import { Buffer } from 'node:buffer';
import { constants, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../domain/json.ts';
import { KeyRefusedError } from '../../errors/watchword-error.ts';
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import { propertiesOf, type AsymmetricAlgorithmName, type AsymmetricProperties } from './algorithms.ts';
import { assertKeyFits } from './assert-key-fits.ts';
import { concatFromDer, derFromConcat } from './ecdsa-signature.ts';
import type { JwsSigningKey, JwsVerificationKey } from './jws-key.ts';

/** How a signature is spelled for JOSE, and how for OpenSSL. */
interface SignatureSpelling {
  fromOpenSsl(signature: Uint8Array): Uint8Array;
  forOpenSsl(signature: Uint8Array): Uint8Array;
}

const AS_IT_IS: SignatureSpelling = {
  fromOpenSsl: (signature) => signature,
  forOpenSsl: (signature) => signature,
};

const PROBE = Buffer.from('the public half belongs to the private one');

/** The public half of a key; what is too weak or of another type is refused. */
export function createVerificationKey<
  Id extends string | undefined,
  Algorithm extends AsymmetricAlgorithmName,
>(id: Id, algorithm: Algorithm, publicKey: KeyObject): JwsVerificationKey<Id, Algorithm> {
  assertKeyFits(publicKey, algorithm);
  const properties = propertiesOf(algorithm);
  const { forOpenSsl } = spellingOf(properties);
  const hash = hashOf(properties);
  const key = withPadding(publicKey, properties);
  const signatureBytes = signatureBytesOf(publicKey, properties);
  const signatureLength = Math.ceil((signatureBytes * 4) / 3);
  return {
    id,
    algorithm,
    verify(signingInput, signature) {
      if (signature.length !== signatureLength) return false;
      const bytes = decodeBase64url(signature);
      if (bytes === undefined || bytes.length !== signatureBytes) return false;
      return verify(hash, Buffer.from(signingInput, 'utf8'), key, forOpenSsl(bytes));
    },
  };
}

/** Both halves of a key. A public half that is not that of the private one is refused. */
export function createSigningKey<Id extends string | undefined, Algorithm extends AsymmetricAlgorithmName>(
  id: Id,
  algorithm: Algorithm,
  privateKey: KeyObject,
  publicKey: KeyObject,
): JwsSigningKey<Id, Algorithm> {
  const verification = createVerificationKey(id, algorithm, publicKey);
  const properties = propertiesOf(algorithm);
  const { fromOpenSsl } = spellingOf(properties);
  const hash = hashOf(properties);
  const key = withPadding(privateKey, properties);
  const signBytes = (bytes: Uint8Array): Uint8Array => fromOpenSsl(sign(hash, bytes, key));
  const publicJwk = {
    ...(publicKey.export({ format: 'jwk' }) as JsonObject),
    use: 'sig',
    alg: algorithm,
    ...(id !== undefined && { kid: id }),
  };
  const signing: JwsSigningKey<Id, Algorithm> = {
    ...verification,
    publicJwk,
    sign: (signingInput) => encodeBase64url(signBytes(Buffer.from(signingInput, 'utf8'))),
  };
  if (!belongTogether(signing)) {
    throw new KeyRefusedError(
      'The public members of the key are not those of its private ones. Export both from one key.',
    );
  }
  return signing;
}

/** From a PKCS#8 private key in DER. */
export function createAsymmetricKey<Id extends string | undefined, Algorithm extends AsymmetricAlgorithmName>(
  id: Id,
  algorithm: Algorithm,
  pkcs8: Uint8Array,
): JwsSigningKey<Id, Algorithm> {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  return createSigningKey(id, algorithm, privateKey, createPublicKey(privateKey));
}

function belongTogether(key: JwsSigningKey): boolean {
  const probe = PROBE.toString('base64url');
  try {
    return key.verify(probe, key.sign(probe));
  } catch {
    return false;
  }
}

/** The curves of EdDSA and ML-DSA bring their hash along. */
function hashOf(properties: AsymmetricProperties): string | null {
  return 'hash' in properties ? properties.hash : null;
}

function spellingOf(properties: AsymmetricProperties): SignatureSpelling {
  if (properties.kty !== 'EC') return AS_IT_IS;
  const { fieldBytes } = properties;
  return { fromOpenSsl: (der) => concatFromDer(der, fieldBytes), forOpenSsl: derFromConcat };
}

/** Made once: what OpenSSL has to know of RSASSA-PSS stands beside the key. */
function withPadding(key: KeyObject, properties: AsymmetricProperties) {
  if (properties.kty !== 'RSA' || properties.pssSaltBytes === undefined) return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: properties.pssSaltBytes };
}

function signatureBytesOf(key: KeyObject, properties: AsymmetricProperties): number {
  if (properties.kty === 'RSA') return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return properties.kty === 'EC' ? 2 * properties.fieldBytes : properties.signatureBytes;
}
