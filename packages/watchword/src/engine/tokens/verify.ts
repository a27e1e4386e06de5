import { decodeJsonPart, splitCompactJws, type CompactJws } from '../../crypto/jws/compact.ts';
import type { JwsKey } from '../../crypto/jws/jws-key.ts';
import { parseKeyId } from '../../domain/ids.ts';
import { verifiesTokens } from '../../domain/signing-key.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { CLOCK_SKEW_MS } from '../limits.ts';
import type { RevocationView } from '../revocation/view.ts';
import { readClaims, type ReadClaims } from './read-claims.ts';
import type { VerifiedToken } from './verified-token.ts';

/** What a place wants of a token. */
export interface TokenExpectations {
  readonly audience: readonly string[];
  /** Scope values that must all be there. */
  readonly scope: readonly string[];
  /** The most seconds since the user proved themselves; `undefined` for any (OpenID Connect `max_age`). */
  readonly maxAgeSeconds: number | undefined;
  /** The most milliseconds by which the knowledge of revocations may lag. */
  readonly maxStalenessMs: number;
}

export type Verdict =
  | { readonly kind: 'verified'; readonly token: VerifiedToken }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string };

/** The kinds of token, told apart by `typ` and mutually exclusive (RFC 8725 §3.11). */
export interface TokenKind {
  /** The values of `typ` that name the kind, in lower case. */
  readonly types: readonly string[];
  /** Whether tokens of the kind belong to a session. */
  readonly ofSession: boolean;
}

/** RFC 9068 §4: `at+jwt`, with or without `application/`. */
export const ACCESS_TOKEN: TokenKind = { types: ['at+jwt', 'application/at+jwt'], ofSession: true };

export function customKind(typ: string): TokenKind {
  return { types: [typ, `application/${typ}`], ofSession: false };
}

export interface TokenVerifier {
  /** Judges a token with what is in memory: no I/O, no await. Never throws. */
  verify(token: unknown, kind: TokenKind, expected: TokenExpectations): Verdict;
}

export interface TokenVerifierParts {
  readonly issuer: string;
  readonly clock: Clock;
  readonly keys: KeyKeeper;
  readonly view: RevocationView;
}

export function createTokenVerifier({ issuer, clock, keys, view }: TokenVerifierParts): TokenVerifier {
  return {
    verify(token, kind, expected) {
      const jws = splitCompactJws(token);
      if (jws === undefined)
        return refuse('ERR_TOKEN_MALFORMED', 'not a compact JWS of at most 8192 characters');
      const key = findKey(jws, kind, keys);
      if ('code' in key) return key;
      if (!key.verify(jws.signingInput, jws.signature))
        return refuse('ERR_TOKEN_SIGNATURE', 'the signature is wrong');
      const payload = decodeJsonPart(jws.payloadText);
      if (payload === undefined)
        return refuse('ERR_TOKEN_MALFORMED', 'the payload is not a strict JSON object');
      const claims = readClaims(payload, key.id);
      if ('wrongClaim' in claims)
        return refuse('ERR_TOKEN_CLAIMS', `the claim ${claims.wrongClaim} is missing or wrong`);
      return (
        judgeBelonging(claims, kind, issuer, expected) ??
        judgeTimes(claims, clock.nowMs(), expected) ??
        judgeRevocation(claims, view, expected) ??
        judgeScope(claims, expected) ?? { kind: 'verified', token: claims as unknown as VerifiedToken }
      );
    },
  };
}

/** The header only finds the key; what the key may do is the key's own affair. */
function findKey(jws: CompactJws, kind: TokenKind, keys: KeyKeeper): JwsKey | Refusal {
  const header = decodeJsonPart(jws.headerText);
  if (header === undefined) return refuse('ERR_TOKEN_MALFORMED', 'the header is not a strict JSON object');
  // RFC 7515 §4.1.11: extensions that are not understood must be rejected, and none is understood here.
  if (header['crit'] !== undefined || header['b64'] !== undefined) {
    return refuse('ERR_TOKEN_MALFORMED', 'the header has critical extensions');
  }
  const typ = header['typ'];
  if (typeof typ !== 'string' || !/^[!-~]+$/.test(typ) || !kind.types.includes(typ.toLowerCase())) {
    return refuse('ERR_TOKEN_TYPE', `the typ is not ${kind.types[0]}`);
  }
  const id = parseKeyId(header['kid']);
  const found = id === undefined ? undefined : keys.find(id);
  if (found === undefined) return refuse('ERR_TOKEN_KEY_UNKNOWN', 'the kid is missing or unknown');
  if (header['alg'] !== found.jws.algorithm)
    return refuse('ERR_TOKEN_ALGORITHM', 'the alg is not that of the key');
  if (found.state === 'compromised') return refuse('ERR_TOKEN_REVOKED', 'the key was compromised');
  if (!verifiesTokens(found.state)) return refuse('ERR_TOKEN_KEY_UNKNOWN', `the key is ${found.state}`);
  return found.jws;
}

function judgeBelonging(
  claims: ReadClaims,
  kind: TokenKind,
  issuer: string,
  expected: TokenExpectations,
): Refusal | undefined {
  if (claims.issuer !== issuer) return refuse('ERR_TOKEN_ISSUER', 'the iss is another');
  if (
    kind.ofSession &&
    (claims.sessionId === undefined || claims.clientId === undefined || claims.generation < 1)
  ) {
    return refuse('ERR_TOKEN_CLAIMS', 'the claim sid, client_id or ww_gen is missing');
  }
  if (!claims.audience.some((audience) => expected.audience.includes(audience))) {
    return refuse('ERR_TOKEN_AUDIENCE', 'the aud names others');
  }
  return undefined;
}

function judgeTimes(claims: ReadClaims, nowMs: number, expected: TokenExpectations): Refusal | undefined {
  const nowSeconds = nowMs / 1000;
  const skewSeconds = CLOCK_SKEW_MS / 1000;
  if (nowSeconds >= claims.expiresAtSeconds) return refuse('ERR_TOKEN_EXPIRED', 'the exp has passed');
  if (claims.issuedAtSeconds > nowSeconds + skewSeconds)
    return refuse('ERR_TOKEN_NOT_YET_VALID', 'the iat is to come');
  if ((claims.notBeforeSeconds ?? 0) > nowSeconds + skewSeconds) {
    return refuse('ERR_TOKEN_NOT_YET_VALID', 'the nbf is to come');
  }
  const { maxAgeSeconds } = expected;
  if (maxAgeSeconds !== undefined && !(nowSeconds - (claims.authTimeSeconds ?? 0) <= maxAgeSeconds)) {
    return refuse('ERR_TOKEN_TOO_OLD', 'the auth_time is too long ago');
  }
  return undefined;
}

function judgeRevocation(
  claims: ReadClaims,
  view: RevocationView,
  expected: TokenExpectations,
): Refusal | undefined {
  const hit = view.hits(claims);
  if (hit !== undefined) return refuse('ERR_TOKEN_REVOKED', `revoked by ${hit}`);
  const ageMs = view.ageMs();
  if (ageMs > expected.maxStalenessMs) {
    view.reportStale(ageMs);
    return refuse('ERR_FEED_STALE', 'the revocation log could not be read for too long');
  }
  return undefined;
}

function judgeScope(claims: ReadClaims, expected: TokenExpectations): Refusal | undefined {
  const missing = expected.scope.find((value) => !claims.scope.includes(value));
  return missing === undefined ? undefined : refuse('ERR_TOKEN_SCOPE', 'a scope value is missing');
}

type Refusal = Extract<Verdict, { kind: 'refused' }>;

function refuse(code: ErrorCode, detail: string): Refusal {
  return { kind: 'refused', code, detail };
}
