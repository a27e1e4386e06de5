import { parseSessionId, parseTokenId, type KeyId, type TokenId } from '../../domain/ids.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { TokenKind } from './kinds.ts';
import type { TokenClaims } from './verified-token.ts';

/** The claims that the rules look at, with the types that they must have: nothing about them is verified yet. */
export interface ReadClaims extends TokenClaims {
  readonly notBeforeSeconds: number | undefined;
}

/** 9999-12-31: a NumericDate beyond it is a mistake or an attack on date arithmetic. */
const LATEST_SECONDS = 253_402_300_799;
const MAX_GENERATION = 0xffff_ffff;
/** Frozen, because it is handed out again and again. */
const NONE: readonly string[] = Object.freeze([]);

export interface WrongClaim {
  readonly wrongClaim: string;
}

/** Reads a payload; gives the name of the first claim that is missing or of the wrong type. */
export function readClaims(payload: JsonObject, kind: TokenKind, keyId: KeyId): ReadClaims | WrongClaim {
  const { iss, sub, aud, jti, iat, exp, nbf, sid, client_id: client, ww_gen: generation = 0 } = payload;
  const { scope = '', auth_time: authTime, amr = NONE } = payload;
  const issuer = nonEmpty(iss);
  if (issuer === undefined) return wrong('iss');
  const subject = nonEmpty(sub) ?? (kind.needsSubject ? undefined : '');
  if (subject === undefined) return wrong('sub');
  const audience = readAudience(aud);
  if (audience === undefined) return wrong('aud');
  const tokenId = readTokenId(jti, kind);
  if (tokenId === undefined) return wrong('jti');
  if (!isDate(iat)) return wrong('iat');
  if (!isDate(exp) || exp - iat > (kind.longestLifeSeconds ?? Infinity)) return wrong('exp');
  if (nbf !== undefined && !isDate(nbf)) return wrong('nbf');
  const sessionId = parseSessionId(sid);
  // Other issuers name their sessions as they like.
  if (sessionId === undefined && kind.ownTokenId && sid !== undefined) return wrong('sid');
  const clientId = nonEmpty(client);
  if (clientId === undefined && client !== undefined) return wrong('client_id');
  if (!isGeneration(generation)) return wrong('ww_gen');
  if (typeof scope !== 'string') return wrong('scope');
  if (authTime !== undefined && !isDate(authTime)) return wrong('auth_time');
  if (!isStrings(amr)) return wrong('amr');
  if (kind.ofSession) {
    if (sessionId === undefined) return wrong('sid');
    if (clientId === undefined) return wrong('client_id');
    if (generation < 1) return wrong('ww_gen');
  }
  const wrongClaim = kind.wrongClaim?.(payload);
  if (wrongClaim !== undefined) return wrong(wrongClaim);
  return {
    issuer,
    subject,
    audience,
    tokenId,
    keyId,
    issuedAtSeconds: iat,
    expiresAtSeconds: exp,
    notBeforeSeconds: nbf,
    sessionId,
    clientId,
    generation,
    scope: scope === '' ? NONE : scope.split(' '),
    authTimeSeconds: authTime,
    amr,
    claims: payload,
  };
}

/** Of ours it says when it was made, which decides what a cut-off hits. */
function readTokenId(value: JsonValue | undefined, kind: TokenKind): TokenId | undefined {
  if (kind.ownTokenId) return parseTokenId(value);
  return value === undefined || typeof value === 'string' ? ((value ?? '') as TokenId) : undefined;
}

function wrong(wrongClaim: string): WrongClaim {
  return { wrongClaim };
}

export function nonEmpty(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** RFC 7519 §4.1.3: one string or an array of them; an empty one is meant for nobody. */
export function readAudience(value: JsonValue | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return value === '' ? undefined : [value];
  return isStrings(value) && value.length > 0 && !value.includes('') ? value : undefined;
}

export function isStrings(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

export function isDate(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= LATEST_SECONDS;
}

function isGeneration(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_GENERATION;
}
