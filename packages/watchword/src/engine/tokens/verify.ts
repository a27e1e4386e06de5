import { parseAlgorithm } from '../../crypto/jws/algorithms.ts';
import { decodeAuthenticPart, splitCompactJws } from '../../crypto/jws/compact.ts';
import type { JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import type { KeyId } from '../../domain/ids.ts';
import { JsonShapes } from '../../domain/json-shape.ts';
import { verifiesTokens, type SigningKeyState } from '../../domain/signing-key.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { Clock } from '../../ports/clock.ts';
import { CLOCK_SKEW_MS } from '../limits.ts';
import { revocableWords, type RevocableWords, type RevocationView } from '../revocation/view.ts';
import { RecentTexts } from '../recent-texts.ts';
import type { AuthenticToken } from './authentic-token.ts';
import { readClaims, type ReadClaims } from './read-claims.ts';
import type { TokenKind } from './kinds.ts';
import { HeaderMemory, readHeader, type TokenHeader } from './token-header.ts';
import type { VerifiedToken } from './verified-token.ts';

/** What a place wants of a token. */
export interface TokenExpectations {
  /** One of these has to be among the token's; `undefined` for whoever judges on behalf of others. */
  readonly audience: readonly string[] | undefined;
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

export interface TokenVerifier {
  /** Judges a token with what is in memory: no I/O, no await. Never throws. */
  verify(token: unknown, kind: TokenKind, expected: TokenExpectations): Verdict;
}

/** What a verifier needs of whoever holds the keys. */
export interface VerificationKeys {
  /** Keys of other issuers may share an id where they are for different algorithms. */
  find(
    id: KeyId,
    algorithm: unknown,
  ): { readonly jws: JwsVerificationKey; readonly state: SigningKeyState } | undefined;
}

export interface TokenVerifierParts {
  readonly issuer: string;
  readonly clock: Clock;
  readonly keys: VerificationKeys;
  readonly view: Pick<RevocationView, 'hits' | 'ageMs' | 'reportStale'>;
  /** How many tokens are remembered once they were found authentic; 0 for none. */
  readonly cacheSize: number;
}

export function createTokenVerifier(parts: TokenVerifierParts): TokenVerifier {
  const { keys, cacheSize } = parts;
  const cache = cacheSize > 0 ? new RecentTexts<AuthenticToken>(cacheSize) : undefined;
  const headers = new HeaderMemory();
  const shapes = new JsonShapes();

  function authenticate(token: unknown, kind: TokenKind): AuthenticToken | Refusal {
    const jws = splitCompactJws(token);
    if (jws === undefined)
      return refuse('ERR_TOKEN_MALFORMED', 'not a compact JWS of at most 8192 characters');
    const known = headers.known(jws.headerText);
    const header = known ?? readHeader(jws.headerText);
    if ('fault' in header) return refuse('ERR_TOKEN_MALFORMED', header.fault);
    const found = findKey(header, kind, keys);
    if ('code' in found) return found;
    const { key, keyId } = found;
    if (!key.verify(jws.signingInput, jws.signature)) {
      return refuse('ERR_TOKEN_SIGNATURE', 'the signature is wrong');
    }
    if (known === undefined) headers.remember(jws.headerText, header);
    const payload = decodeAuthenticPart(jws.payloadText, shapes);
    if (payload === undefined)
      return refuse('ERR_TOKEN_MALFORMED', 'the payload is not a strict JSON object');
    const claims = readClaims(payload, kind, keyId);
    if ('wrongClaim' in claims) {
      return refuse('ERR_TOKEN_CLAIMS', `the claim ${claims.wrongClaim} is missing or wrong`);
    }
    return { kind, key, claims, words: undefined, suited: undefined };
  }

  /** Of a remembered token nothing is believed but that it is authentic: its key may have died, and its kind be another. */
  function recall(token: unknown, kind: TokenKind): AuthenticToken | undefined {
    const known = typeof token === 'string' ? cache?.get(token) : undefined;
    if (known === undefined || known.kind.types[0] !== kind.types[0]) return undefined;
    const found = keys.find(known.claims.keyId, known.key.algorithm);
    return found?.jws === known.key && verifiesTokens(found.state) ? known : undefined;
  }

  return {
    verify(token, kind, expected) {
      const known = recall(token, kind);
      const authentic = known ?? authenticate(token, kind);
      if ('code' in authentic) return authentic;
      const refusal = judgeAuthentic(authentic, parts, expected);
      if (refusal !== undefined) return refusal;
      const { claims } = authentic;
      if (cache !== undefined && known === undefined) {
        // It is handed out again and again: nobody may change what the next one is told.
        freezeDeeply(claims);
        authentic.words = kind.ownTokenId ? revocableWords(claims) : undefined;
        cache.add(token as string, authentic);
      }
      return { kind: 'verified', token: claims as unknown as VerifiedToken };
    },
  };
}

/** Everything about what is authentic that may change with time, or is for the place to want. */
export function judgeAuthentic(
  authentic: Pick<AuthenticToken, 'claims' | 'words' | 'suited'>,
  { issuer, clock, view }: Pick<TokenVerifierParts, 'issuer' | 'clock' | 'view'>,
  expected: TokenExpectations,
): Refusal | undefined {
  const { claims, words } = authentic;
  if (authentic.suited === expected) {
    return judgeTimes(claims, clock.nowMs(), expected) ?? judgeRevocation(claims, words, view, expected);
  }
  const refusal =
    judgeBelonging(claims, issuer, expected) ??
    judgeTimes(claims, clock.nowMs(), expected) ??
    judgeRevocation(claims, words, view, expected) ??
    judgeScope(claims, expected);
  if (refusal === undefined) authentic.suited = expected;
  return refusal;
}

interface FoundKey {
  readonly keyId: KeyId;
  readonly key: JwsVerificationKey;
}

/** The header only finds the key; what the key may do is the key's own affair. */
function findKey(header: TokenHeader, kind: TokenKind, keys: VerificationKeys): FoundKey | Refusal {
  if (!kind.types.includes(header.type)) {
    return refuse('ERR_TOKEN_TYPE', `the typ is not ${kind.types[0]}`);
  }
  const { keyId } = header;
  const found = keyId === undefined ? undefined : keys.find(keyId, header.algorithm);
  if (keyId === undefined || found === undefined)
    return refuse('ERR_TOKEN_KEY_UNKNOWN', 'the kid is missing or unknown');
  if (parseAlgorithm(header.algorithm) !== found.jws.algorithm)
    return refuse('ERR_TOKEN_ALGORITHM', 'the alg is not that of the key');
  if (found.state === 'compromised') return refuse('ERR_TOKEN_REVOKED', 'the key was compromised');
  if (!verifiesTokens(found.state)) return refuse('ERR_TOKEN_KEY_UNKNOWN', `the key is ${found.state}`);
  return { keyId, key: found.jws };
}

export function freezeDeeply(value: object): void {
  Object.freeze(value);
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && !Object.isFrozen(inner)) freezeDeeply(inner as object);
  }
}

function judgeBelonging(
  claims: ReadClaims,
  issuer: string,
  expected: TokenExpectations,
): Refusal | undefined {
  if (claims.issuer !== issuer) return refuse('ERR_TOKEN_ISSUER', 'the iss is another');
  const wanted = expected.audience;
  if (wanted === undefined) return undefined;
  for (const audience of claims.audience) if (wanted.includes(audience)) return undefined;
  return refuse('ERR_TOKEN_AUDIENCE', 'the aud names others');
}

export function judgeTimes(
  claims: ReadClaims,
  nowMs: number,
  expected: TokenExpectations,
): Refusal | undefined {
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
  words: RevocableWords | undefined,
  view: TokenVerifierParts['view'],
  expected: TokenExpectations,
): Refusal | undefined {
  const hit = view.hits(claims, words);
  if (hit !== undefined) return refuse('ERR_TOKEN_REVOKED', `revoked by ${hit}`);
  const ageMs = view.ageMs();
  if (ageMs > expected.maxStalenessMs) {
    view.reportStale(ageMs);
    return refuse('ERR_FEED_STALE', 'the revocation log could not be read for too long');
  }
  return undefined;
}

export function judgeScope(claims: ReadClaims, expected: TokenExpectations): Refusal | undefined {
  const missing = expected.scope.find((value) => !claims.scope.includes(value));
  return missing === undefined ? undefined : refuse('ERR_TOKEN_SCOPE', 'a scope value is missing');
}

export type Refusal = Extract<Verdict, { kind: 'refused' }>;

export function refuse(code: ErrorCode, detail: string): Refusal {
  return { kind: 'refused', code, detail };
}
