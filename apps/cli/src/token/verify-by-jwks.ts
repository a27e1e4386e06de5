import { createVerifier, type VerificationKeys } from 'watchword/verifier';
import { Stop } from '../stop.ts';
import { asVerdict, type Judge } from './verdict.ts';

/** Throws what is wrong with the keys or the expectations. */
export function verifyByJwks(
  jwks: string,
  expected: { readonly issuer: string; readonly audience: string; readonly typ: string },
): Judge {
  const verifier = createVerifier({ ...expected, keys: parseJwks(jwks) });
  return async (token) => asVerdict(() => verifier.verify(token));
}

function parseJwks(text: string): VerificationKeys {
  try {
    return JSON.parse(text) as VerificationKeys;
  } catch {
    throw new Stop(2, 'The JWKS is not JSON: it is what the issuer answers at /.well-known/jwks.json.');
  }
}
