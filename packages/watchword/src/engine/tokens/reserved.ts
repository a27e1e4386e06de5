import { MAX_DEPTH } from '../../crypto/jws/compact.ts';
import { isJsonObject, parseStrictJson, type JsonObject } from '../../domain/json.ts';
import { ArgumentError, WatchwordError } from '../../errors/watchword-error.ts';
import { assertHarmlessClaims } from '../guards/claim-guard.ts';

/** Claims that the issuer sets: RFC 7519 §4.1, RFC 9068 §2.2, RFC 7800 and our own. */
const RESERVED_CLAIMS: ReadonlySet<string> = new Set(
  ['iss', 'aud', 'sub', 'iat', 'exp', 'nbf', 'jti', 'sid', 'client_id', 'ww_gen', 'scope'].concat([
    'auth_time',
    'amr',
    'acr',
    'cnf',
    '__proto__',
  ]),
);

/** Kinds of token that have rules of their own; a custom kind may not pass itself off as one of them. */
const RESERVED_TYPES: ReadonlySet<string> = new Set(
  [
    'jwt',
    'at+jwt',
    'dpop+jwt',
    'confirm+jwt',
    'logout+jwt',
    'secevent+jwt',
    'token-introspection+jwt',
  ].concat(['statuslist+jwt', 'ww-feed+jwt', 'id+jwt']),
);

const CUSTOM_TYPE = /^[a-z0-9][a-z0-9.-]{0,62}\+jwt$/;

/** The claims as a token will carry them: as JSON that our own verifier reads, with nothing in it that gives somebody away. */
export function freeClaims(claims: unknown, allowed: ReadonlySet<string>): JsonObject {
  if (isJsonObject(claims)) assertFreeClaims(claims);
  const copy = parseStrictJson(jsonOf(claims), { maxDepth: MAX_DEPTH });
  if (!isJsonObject(copy)) {
    throw new ArgumentError(
      `Claims have to be an object of JSON, nested at most ${MAX_DEPTH} deep, without \`__proto__\`.`,
    );
  }
  assertFreeClaims(copy);
  assertHarmlessClaims(copy, allowed);
  return copy;
}

function jsonOf(claims: unknown): string {
  try {
    return JSON.stringify(claims) ?? '';
  } catch {
    throw new ArgumentError('Claims have to be JSON: nothing circular, and no BigInt.');
  }
}

function assertFreeClaims(claims: JsonObject): void {
  for (const name of Object.keys(claims)) {
    if (RESERVED_CLAIMS.has(name)) {
      throw new WatchwordError('ERR_CLAIM_RESERVED', { detail: `the claim ${name} is the issuer's` });
    }
  }
}

/** A media type without its `application/` (RFC 7515 §4.1.9), such as `invitation+jwt`. */
export function assertCustomType(typ: string): void {
  if (typeof typ !== 'string' || !CUSTOM_TYPE.test(typ) || RESERVED_TYPES.has(typ)) {
    throw new ArgumentError(
      'A custom `typ` is lower-case, ends in `+jwt`, and is none of the standard ones: for example `invitation+jwt`.',
    );
  }
}
