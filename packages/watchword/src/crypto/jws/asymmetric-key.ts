import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { KeyId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { SigningAlgorithm } from '../../domain/signing-key.ts';
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import { concatFromDer, derFromConcat } from './ecdsa-signature.ts';
import type { JwsKey } from './jws-key.ts';

type AsymmetricAlgorithm = Exclude<SigningAlgorithm, 'HS256'>;

const MIN_RSA_BITS = 2048;
const ES256_SIGNATURE_BYTES = 64;

/** How a signature is spelled for JOSE, and how for OpenSSL. */
interface SignatureSpelling {
  fromOpenSsl(signature: Uint8Array): Uint8Array;
  forOpenSsl(signature: Uint8Array): Uint8Array;
}

const AS_IT_IS: SignatureSpelling = {
  fromOpenSsl: (signature) => signature,
  forOpenSsl: (signature) => signature,
};

const ECDSA_P256: SignatureSpelling = {
  fromOpenSsl: (signature) => concatFromDer(signature, ES256_SIGNATURE_BYTES / 2),
  forOpenSsl: derFromConcat,
};

/** RS256 (RFC 7518 §3.3) or ES256 (§3.4) from a PKCS#8 private key in DER. Keys that are too weak or of another type throw. */
export function createAsymmetricKey(id: KeyId, algorithm: AsymmetricAlgorithm, pkcs8: Uint8Array): JwsKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  assertFits(publicKey, algorithm);
  const signatureBytes = signatureLength(publicKey, algorithm);
  const spelled = algorithm === 'ES256' ? ECDSA_P256 : AS_IT_IS;
  return {
    id,
    algorithm,
    publicJwk: {
      ...(publicKey.export({ format: 'jwk' }) as JsonObject),
      use: 'sig',
      alg: algorithm,
      kid: id,
    },
    sign: (signingInput) =>
      encodeBase64url(spelled.fromOpenSsl(sign('sha256', Buffer.from(signingInput, 'utf8'), privateKey))),
    verify(signingInput, signature) {
      const bytes = decodeBase64url(signature);
      if (bytes === undefined || bytes.length !== signatureBytes) return false;
      return verify('sha256', Buffer.from(signingInput, 'utf8'), publicKey, spelled.forOpenSsl(bytes));
    },
  };
}

function assertFits(key: KeyObject, algorithm: AsymmetricAlgorithm): void {
  const details = key.asymmetricKeyDetails;
  const fits =
    algorithm === 'RS256'
      ? key.asymmetricKeyType === 'rsa' &&
        (details?.modulusLength ?? 0) >= MIN_RSA_BITS &&
        (details?.publicExponent ?? 0n) >= 65537n
      : key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1';
  if (!fits) throw new RangeError(`the key does not fit ${algorithm}`);
}

function signatureLength(key: KeyObject, algorithm: AsymmetricAlgorithm): number {
  if (algorithm === 'ES256') return ES256_SIGNATURE_BYTES;
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}
