import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { ErrorCode } from '../../../src/errors/catalogue.ts';
import { verifyJws, WatchwordError, type JwsAlgorithmName } from '../../../src/facade/jws.ts';
import { createVerifier, type Verifier, type VerifierOptions } from '../../../src/facade/verifier.ts';
import { encoded } from '../../facade/support/tokens.ts';
import { createKey, type AttackedKey } from './keys.ts';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'https://api.example';

/** The claims of an access token that nothing is wrong with now. */
export function goodClaims(): JsonObject {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    iss: ISSUER,
    sub: 'ada',
    aud: AUDIENCE,
    iat: nowSeconds - 10,
    exp: nowSeconds + 600,
    jti: 'AZt2tmgAEjRWeJq83vAAEQ',
    sid: '019b76da-a800-7d12-b16c-6d306a44d756',
    client_id: 'app',
    ww_gen: 1,
    auth_time: nowSeconds - 10,
    scope: 'read',
  };
}

/** A service with one key, an access token that it takes, and what an attacker needs to make others. */
export interface Target {
  readonly key: AttackedKey;
  readonly verifier: Verifier;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly token: string;
  /** A token that the right key signed over any header and payload, as objects or as the very text. */
  signed(header: JsonObject | string, claims?: JsonObject | string): string;
}

export function createTarget(algorithm: string, options: Partial<VerifierOptions> = {}): Target {
  const key = createKey(algorithm);
  const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: [key.jwk], ...options });
  const header = { alg: algorithm, kid: 'k1', typ: options.typ ?? 'at+jwt' };
  const claims = goodClaims();
  const signed: Target['signed'] = (someHeader, someClaims = claims) =>
    compact(key, encoded(someHeader), encoded(someClaims));
  const token = signed(header);
  assert.equal(verifier.verify(token).subject, 'ada', 'unchanged it is good');
  assert.ok(accepts(key, token), 'unchanged its signature is good');
  return { key, verifier, header, claims, token, signed };
}

/** The claims with some of them changed. */
export function withClaims(claims: JsonObject, changes: JsonObject): JsonObject {
  return { ...claims, ...changes };
}

/** Signs parts as they are spelled. */
export function compact(key: Pick<AttackedKey, 'sign'>, headerText: string, payloadText: string): string {
  const signingInput = `${headerText}.${payloadText}`;
  return `${signingInput}.${key.sign(signingInput)}`;
}

export interface Outcome {
  /** `undefined` where it was taken. */
  readonly code: ErrorCode | undefined;
}

/** What `verifyJws` says of a token; fails where it throws anything that is not the library's. */
export function judgeForm(key: Pick<AttackedKey, 'jwk' | 'algorithm'>, token: string): ErrorCode | undefined {
  return codeOrUndefined(() =>
    verifyJws(token, key.jwk, { algorithms: [key.algorithm as JwsAlgorithmName] }),
  );
}

export function judgeClaims({ verifier }: Pick<Target, 'verifier'>, token: string): ErrorCode | undefined {
  return codeOrUndefined(() => verifier.verify(token));
}

export function codeOrUndefined(run: () => unknown): ErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof WatchwordError, `not an error of the library: ${String(error)}`);
    return error.code;
  }
}

function accepts(key: AttackedKey, token: string): boolean {
  return judgeForm(key, token) === undefined;
}

/** Sees a token refused at both entrances with the same code. */
export function refusedByBoth(target: Target, token: string, code: ErrorCode, what = token): void {
  assert.equal(judgeClaims(target, token), code, `createVerifier: ${what}`);
  assert.equal(judgeForm(target.key, token), code, `verifyJws: ${what}`);
}
