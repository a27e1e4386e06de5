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

/** Reads a payload; gives the name of the first claim that is missing or of the wrong type. */
export function readClaims(
  payload: JsonObject,
  kind: TokenKind,
  keyId: KeyId,
): ReadClaims | { readonly wrongClaim: string } {
  const issuer = nonEmpty(payload['iss']);
  if (issuer === undefined) return { wrongClaim: 'iss' };
  const subject = nonEmpty(payload['sub']) ?? (kind.needsSubject ? undefined : '');
  if (subject === undefined) return { wrongClaim: 'sub' };
  const audience = readAudience(payload['aud']);
  if (audience === undefined) return { wrongClaim: 'aud' };
  const tokenId = readTokenId(payload['jti'], kind);
  if (tokenId === undefined) return { wrongClaim: 'jti' };
  const issuedAtSeconds = readDate(payload['iat']);
  if (issuedAtSeconds === undefined) return { wrongClaim: 'iat' };
  const expiresAtSeconds = readDate(payload['exp']);
  if (expiresAtSeconds === undefined) return { wrongClaim: 'exp' };
  if (expiresAtSeconds - issuedAtSeconds > (kind.longestLifeSeconds ?? Infinity))
    return { wrongClaim: 'exp' };
  const optional = readOptional(payload, kind);
  if ('wrongClaim' in optional) return optional;
  const { sessionId, clientId, generation } = optional;
  if (kind.ofSession && (sessionId === undefined || clientId === undefined || generation < 1)) {
    return { wrongClaim: sessionId === undefined ? 'sid' : clientId === undefined ? 'client_id' : 'ww_gen' };
  }
  const wrongClaim = kind.wrongClaim?.(payload);
  if (wrongClaim !== undefined) return { wrongClaim };
  return {
    issuer,
    subject,
    audience,
    tokenId,
    keyId,
    issuedAtSeconds,
    expiresAtSeconds,
    ...optional,
    claims: payload,
  };
}

/** Of ours it says when it was made, which decides what a cut-off hits. */
function readTokenId(value: JsonValue | undefined, kind: TokenKind): TokenId | undefined {
  if (kind.ownTokenId) return parseTokenId(value);
  return value === undefined || typeof value === 'string' ? ((value ?? '') as TokenId) : undefined;
}

type OptionalClaims = Pick<
  ReadClaims,
  'notBeforeSeconds' | 'sessionId' | 'clientId' | 'generation' | 'scope' | 'authTimeSeconds' | 'amr'
>;

function readOptional(
  payload: JsonObject,
  kind: TokenKind,
): OptionalClaims | { readonly wrongClaim: string } {
  const notBeforeSeconds = readDate(payload['nbf']);
  if (payload['nbf'] !== undefined && notBeforeSeconds === undefined) return { wrongClaim: 'nbf' };
  const sessionId = parseSessionId(payload['sid']);
  // Other issuers name their sessions as they like.
  if (kind.ownTokenId && payload['sid'] !== undefined && sessionId === undefined)
    return { wrongClaim: 'sid' };
  const clientId = nonEmpty(payload['client_id']);
  if (payload['client_id'] !== undefined && clientId === undefined) return { wrongClaim: 'client_id' };
  const { ww_gen: generation = 0, scope = '', amr = [] } = payload;
  if (!isGeneration(generation)) return { wrongClaim: 'ww_gen' };
  if (typeof scope !== 'string') return { wrongClaim: 'scope' };
  const authTimeSeconds = readDate(payload['auth_time']);
  if (payload['auth_time'] !== undefined && authTimeSeconds === undefined) return { wrongClaim: 'auth_time' };
  if (!isStrings(amr)) return { wrongClaim: 'amr' };
  const scopes = scope === '' ? [] : scope.split(' ');
  return { notBeforeSeconds, sessionId, clientId, generation, scope: scopes, authTimeSeconds, amr };
}

function nonEmpty(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** RFC 7519 §4.1.3: one string or an array of them; an empty one is meant for nobody. */
function readAudience(value: JsonValue | undefined): readonly string[] | undefined {
  const list = typeof value === 'string' ? [value] : value;
  return isStrings(list) && list.length > 0 && !list.includes('') ? list : undefined;
}

function isStrings(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function readDate(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= LATEST_SECONDS ? value : undefined;
}

function isGeneration(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_GENERATION;
}
