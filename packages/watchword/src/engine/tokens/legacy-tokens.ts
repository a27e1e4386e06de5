import { parseAlgorithm, type JwsAlgorithm } from '../../crypto/jws/algorithms.ts';
import { decodeJsonPart, readJwsHeader, splitCompactJws } from '../../crypto/jws/compact.ts';
import type { JwsSigningKey, JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import type { KeySet } from '../../crypto/jws/key-set.ts';
import { parseKeyId, type KeyId, type TokenId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { EpochMs } from '../../domain/time.ts';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { CLOCK_SKEW_MS } from '../limits.ts';
import type { RevocationView } from '../revocation/view.ts';
import { isSubject } from '../sessions/session-input.ts';
import { isDate, isStrings, readAudience, type ReadClaims, type WrongClaim } from './read-claims.ts';
import type { VerifiedToken } from './verified-token.ts';
import {
  freezeDeeply,
  judgeScope,
  judgeTimes,
  refuse,
  type Refusal,
  type TokenExpectations,
  type Verdict,
} from './verify.ts';

/** The tokens of the issuer that an application had before: what they say, and until when they are taken. */
export interface LegacyTokens {
  readonly keys: KeySet;
  readonly algorithms: readonly JwsAlgorithm[];
  /** The `iss` that they have; `undefined` where they have none. */
  readonly issuer: string | undefined;
  /** One of these is in their `aud`; `undefined` where they have none. */
  readonly audience: readonly string[] | undefined;
  readonly untilMs: EpochMs;
  /** The user whom they speak for, as the application names users now. It is the application's own code. */
  readonly subjectOf: (claims: JsonObject) => unknown;
  /** The most seconds between `iat` and `exp`; `undefined` for any. */
  readonly longestLifeSeconds: number | undefined;
  /** Whether the secret can be guessed from one of the tokens. */
  readonly isWeak: boolean;
}

export interface LegacyVerifierParts {
  readonly legacy: LegacyTokens;
  /** The audience of this installation, which tokens of before were meant for whatever they called it. */
  readonly audience: readonly string[];
  readonly clock: Clock;
  readonly events: EventSink;
  readonly keys: Pick<KeyKeeper, 'find' | 'list'>;
  readonly view: Pick<RevocationView, 'hitsForeign' | 'ageMs' | 'reportStale'>;
}

export interface LegacyVerifier {
  /** Judges what is no access token of ours by its `typ`: no I/O, no await. Never throws. */
  verify(token: unknown, expected: TokenExpectations): Verdict;
}

/** RFC 7519 §5.1 names the type `JWT`, and most issuers do or name none. Ours have `at+jwt` and the like. */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'jwt'];

export function createLegacyVerifier(parts: LegacyVerifierParts): LegacyVerifier {
  const { legacy, audience: ownAudience, clock, events, keys, view } = parts;
  refuseKeysOfOurs(legacy.keys, keys);
  let warned = false;

  function authenticate(token: unknown): ReadClaims | Refusal {
    const jws = splitCompactJws(token);
    if (jws === undefined)
      return refuse('ERR_TOKEN_MALFORMED', 'not a compact JWS of at most 8192 characters');
    const reading = readJwsHeader(jws.headerText);
    if ('fault' in reading) return refuse('ERR_TOKEN_MALFORMED', reading.fault);
    const key = findKey(reading.header);
    if ('code' in key) return key;
    if (!key.verify(jws.signingInput, jws.signature)) {
      return refuse('ERR_TOKEN_SIGNATURE', 'the signature is wrong');
    }
    const payload = decodeJsonPart(jws.payloadText);
    if (payload === undefined)
      return refuse('ERR_TOKEN_MALFORMED', 'the payload is not a strict JSON object');
    freezeDeeply(payload);
    const claims = readLegacyClaims(payload, key, legacy);
    return 'wrongClaim' in claims
      ? refuse('ERR_TOKEN_CLAIMS', `the claim ${claims.wrongClaim} is missing or wrong`)
      : claims;
  }

  function findKey({ typ, alg, kid }: JsonObject): JwsVerificationKey | Refusal {
    if (!TYPES.includes(typ)) return refuse('ERR_TOKEN_TYPE', 'the typ is neither at+jwt nor JWT');
    const ownKeyId = parseKeyId(kid);
    if (ownKeyId !== undefined && keys.find(ownKeyId) !== undefined) {
      return refuse('ERR_TOKEN_TYPE', 'the kid is ours, and the typ is not at+jwt');
    }
    const algorithm = parseAlgorithm(alg);
    if (algorithm === undefined || !legacy.algorithms.includes(algorithm)) {
      return refuse('ERR_TOKEN_ALGORITHM', 'the alg is not among those of the issuer before');
    }
    const chosen = legacy.keys.choose(kid, algorithm);
    if (chosen.kind === 'chosen') return chosen.key;
    return chosen.kind === 'unknown'
      ? refuse('ERR_TOKEN_KEY_UNKNOWN', 'the kid is missing or unknown')
      : refuse('ERR_TOKEN_ALGORITHM', 'the alg is not that of the key');
  }

  function judgeBelonging({ claims, audience }: ReadClaims, wanted: TokenExpectations['audience']) {
    if (claims['iss'] !== legacy.issuer) return refuse('ERR_TOKEN_ISSUER', 'the iss is another');
    const isOurs =
      legacy.audience === undefined
        ? claims['aud'] === undefined
        : audience.some((one) => legacy.audience?.includes(one));
    if (!isOurs) return refuse('ERR_TOKEN_AUDIENCE', 'the aud names others');
    // What was issued for the application is for the installation, and for others only if it says so.
    const isWanted = wanted?.some((one) => ownAudience.includes(one) || audience.includes(one)) ?? true;
    return isWanted ? undefined : refuse('ERR_TOKEN_AUDIENCE', 'the aud names others');
  }

  function judgeRevocation({ subject, issuedAtSeconds }: ReadClaims, { maxStalenessMs }: TokenExpectations) {
    // Somebody else's clock has dated it.
    const hit = view.hitsForeign(subject, issuedAtSeconds * 1000 - CLOCK_SKEW_MS);
    if (hit !== undefined) return refuse('ERR_TOKEN_REVOKED', `revoked by ${hit}`);
    const ageMs = view.ageMs();
    if (ageMs <= maxStalenessMs) return undefined;
    view.reportStale(ageMs);
    return refuse('ERR_FEED_STALE', 'the revocation log could not be read for too long');
  }

  function judge(claims: ReadClaims, expected: TokenExpectations): Refusal | undefined {
    const nowMs = clock.nowMs();
    if (nowMs >= legacy.untilMs) {
      return refuse('ERR_TOKEN_EXPIRED', 'tokens of the issuer before are no longer taken');
    }
    return (
      judgeBelonging(claims, expected.audience) ??
      judgeTimes(claims, nowMs, expected) ??
      judgeRevocation(claims, expected) ??
      judgeScope(claims, expected)
    );
  }

  return {
    verify(token, expected) {
      const claims = authenticate(token);
      if ('code' in claims) return claims;
      const refusal = judge(claims, expected);
      if (refusal !== undefined) return refusal;
      if (legacy.isWeak && !warned) {
        warned = true;
        events.record('legacy_secret_weak', { untilMs: legacy.untilMs });
      }
      return { kind: 'verified', token: claims as unknown as VerifiedToken };
    },
  };
}

function readLegacyClaims(
  payload: JsonObject,
  key: JwsVerificationKey,
  { subjectOf, longestLifeSeconds }: LegacyTokens,
): ReadClaims | WrongClaim {
  const { iss = '', aud, exp, nbf, iat, scope = '', auth_time: authTime, amr = [] } = payload;
  if (typeof iss !== 'string') return { wrongClaim: 'iss' };
  const audience = aud === undefined ? [] : readAudience(aud);
  if (audience === undefined) return { wrongClaim: 'aud' };
  if (iat !== undefined && !isDate(iat)) return { wrongClaim: 'iat' };
  if (!isDate(exp)) return { wrongClaim: 'exp' };
  if (longestLifeSeconds !== undefined) {
    if (iat === undefined) return { wrongClaim: 'iat' };
    if (exp - iat > longestLifeSeconds) return { wrongClaim: 'exp' };
  }
  if (nbf !== undefined && !isDate(nbf)) return { wrongClaim: 'nbf' };
  const subject = safely(subjectOf, payload);
  if (!isSubject(subject)) return { wrongClaim: 'sub' };
  return {
    issuer: iss,
    subject,
    audience,
    // Whatever the `jti` is, it is none that `revoke.token` could revoke.
    tokenId: '' as TokenId,
    keyId: (key.id ?? '') as KeyId,
    // Who does not say when it was issued, is taken for older than anything that was revoked.
    issuedAtSeconds: iat ?? 0,
    expiresAtSeconds: exp,
    notBeforeSeconds: nbf,
    sessionId: undefined,
    clientId: undefined,
    generation: 0,
    scope: typeof scope === 'string' && scope !== '' ? scope.split(' ') : [],
    authTimeSeconds: isDate(authTime) ? authTime : undefined,
    amr: isStrings(amr) ? amr : [],
    claims: payload,
  };
}

/** What throws names nobody. */
function safely(subjectOf: LegacyTokens['subjectOf'], claims: JsonObject): unknown {
  try {
    return subjectOf(claims);
  } catch {
    return undefined;
  }
}

const PROBE = 'watchword';

/** Who holds a key of ours could make tokens of either kind. */
function refuseKeysOfOurs({ keys: theirs }: KeySet, keys: LegacyVerifierParts['keys']): void {
  const ours = keys.list().flatMap(({ id }) => keys.find(id)?.jws ?? []);
  const isShared = ours.some((own) => theirs.some((key) => key.id === own.id || isSameKey(key, own)));
  if (!isShared) return;
  throw new ConfigurationError(
    '`legacyTokens.keys` has a key that signs the tokens of this installation. Name the keys of the issuer before, and no others.',
  );
}

/** Whether the one verifies what the other signs. */
export function isSameKey(key: JwsVerificationKey, signing: JwsSigningKey): boolean {
  return key.algorithm === signing.algorithm && key.verify(PROBE, signing.sign(PROBE));
}
