import { createVerifier as createFastVerifier } from 'fast-jwt';
import * as jose from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import type { ErrorCode } from '../../../src/errors/catalogue.ts';
import { AUDIENCE, ISSUER, judgeClaims, judgeForm, type Target } from './target.ts';

export const LIBRARIES = ['jose', 'jsonwebtoken', 'fast-jwt'] as const;
export type Library = (typeof LIBRARIES)[number];

/** What is judged: the form and the signature alone, or the claims of an access token as well. */
export type Subject = 'form' | 'claims';

export interface Judgement {
  /** Our code; `undefined` where it was taken. */
  readonly ours: ErrorCode | undefined;
  /** Whether they took it; without those that do not know the algorithm. */
  readonly theirs: Readonly<Partial<Record<Library, boolean>>>;
}

export type Judge = (token: string) => Promise<Judgement>;

/** jsonwebtoken never got EdDSA. */
export const UNKNOWN_TO: Readonly<Record<Library, readonly string[]>> = {
  jose: [],
  jsonwebtoken: ['EdDSA', 'ML-DSA-44'],
  'fast-jwt': ['ML-DSA-44'],
};

const REQUIRED = ['sub', 'iat', 'exp', 'jti', 'sid', 'client_id', 'ww_gen'];

/** The same key, algorithm and expectations for all four. */
export function createJudge(subject: Subject, target: Target): Judge {
  const { key } = target;
  const theirs: Record<Library, (token: string) => unknown> = {
    jose: joseJudge(subject, target),
    jsonwebtoken: jsonwebtokenJudge(subject, target),
    'fast-jwt': fastJudge(subject, target),
  };
  const knowing = LIBRARIES.filter((library) => !UNKNOWN_TO[library].includes(key.algorithm));
  return async (token) => {
    const ours = subject === 'form' ? judgeForm(nameless(target), token) : judgeClaims(target, token);
    const taken: Partial<Record<Library, boolean>> = {};
    for (const library of knowing) taken[library] = await isTaken(() => theirs[library](token));
    return { ours, theirs: taken };
  };
}

/** Where only the form is judged, a key without a name is given to all: none of the others looks at the kid then. */
function nameless({ key }: Target): Pick<Target['key'], 'jwk' | 'algorithm'> {
  const { kid: _, ...jwk } = key.jwk;
  return { algorithm: key.algorithm, jwk };
}

async function isTaken(judge: () => unknown): Promise<boolean> {
  try {
    await judge();
    return true;
  } catch {
    return false;
  }
}

function joseJudge(subject: Subject, { key }: Target) {
  const algorithms = key.algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [key.algorithm];
  if (subject === 'form') return (token: string) => jose.compactVerify(token, key.verifying, { algorithms });
  const keys = jose.createLocalJWKSet({ keys: [key.jwk as jose.JWK] });
  const options = { algorithms, issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', requiredClaims: REQUIRED };
  // A local set holds no secrets (RFC 8725 §3.1 has it so), and one secret has no kid.
  return key.algorithm === 'HS256'
    ? (token: string) => jose.jwtVerify(token, key.verifying, options)
    : (token: string) => jose.jwtVerify(token, keys, options);
}

function jsonwebtokenJudge(subject: Subject, { key }: Target) {
  const algorithms = [key.algorithm as jsonwebtoken.Algorithm];
  const options: jsonwebtoken.VerifyOptions =
    subject === 'form'
      ? { algorithms, ignoreExpiration: true, ignoreNotBefore: true }
      : { algorithms, issuer: ISSUER, audience: AUDIENCE };
  return (token: string) => jsonwebtoken.verify(token, key.verifying, options);
}

function fastJudge(subject: Subject, { key }: Target) {
  if (key.algorithm === 'ML-DSA-44') return () => undefined;
  const secret =
    key.algorithm === 'HS256'
      ? key.verifying.export()
      : key.verifying.export({ format: 'pem', type: 'spki' }).toString();
  const common = { key: secret, algorithms: [key.algorithm as 'ES256'], cache: false };
  return createFastVerifier(
    subject === 'form'
      ? { ...common, ignoreExpiration: true, ignoreNotBefore: true }
      : {
          ...common,
          allowedIss: ISSUER,
          allowedAud: AUDIENCE,
          checkTyp: 'at+jwt',
          requiredClaims: [...REQUIRED, 'iss', 'aud'],
        },
  );
}
