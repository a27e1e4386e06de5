/** `watchword/jws`: compact JWS (RFC 7515 §7.1) over any bytes, with keys given by hand. */
import { parseAlgorithm } from '../crypto/jws/algorithms.ts';
import { decodeBase64url, encodeBase64url } from '../crypto/base64url.ts';
import { utf8 } from '../crypto/bytes.ts';
import {
  decodeJsonPart,
  encodeJsonPart,
  MAX_TOKEN_LENGTH,
  readJwsHeader,
  splitCompactJws,
} from '../crypto/jws/compact.ts';
import type { JwsVerificationKey } from '../crypto/jws/jws-key.ts';
import type { KeySet } from '../crypto/jws/key-set.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { ArgumentError, WatchwordError } from '../errors/watchword-error.ts';
import {
  keySetOf,
  knownAlgorithms,
  signingKeyOf,
  type Jwk,
  type JwsAlgorithmName,
  type TypedKey,
  type VerificationKeys,
} from './jws-keys.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

export { parseKey } from './jws-keys.ts';
export { WatchwordError } from '../errors/watchword-error.ts';
export type { Jwk, JwsAlgorithmName, ParseKeyOptions, TypedKey, VerificationKeys } from './jws-keys.ts';
export type { JwsAlgorithm } from '../crypto/jws/algorithms.ts';
export type { ErrorCode } from '../errors/catalogue.ts';
export type { JsonObject, JsonValue } from '../domain/json.ts';

export interface VerifyJwsOptions {
  /** The algorithms that are accepted (RFC 8725 §3.1): at least one. */
  readonly algorithms: readonly JwsAlgorithmName[];
}

export interface VerifiedJws {
  /** The protected header as it was signed. Keys and addresses of keys in it were ignored. */
  readonly header: JsonObject;
  /** The bytes that were signed; they need not be JSON. */
  readonly payload: Uint8Array;
}

export interface SignJwsOptions {
  /** Further header parameters, such as `typ` and `cty`; `alg` and `kid` are the key's. */
  readonly header?: JsonObject;
}

/** RFC 7515 §4.1: what the key says, what would be an extension (RFC 7797 too), and what would tell a verifier where to find a key. */
const NOT_FOR_CALLERS = ['alg', 'kid', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c'];

/**
 * Verifies a compact JWS (RFC 7515 §5.2) of at most 8192 characters and gives its header and its payload's bytes. The key decides the
 * algorithm; the token's `kid` only finds the key. Where the token has no `kid`, exactly one key may have its algorithm.
 *
 * Throws `ERR_TOKEN_MALFORMED` for anything but one strictly spelled compact JWS without critical extensions,
 * `ERR_TOKEN_ALGORITHM`, `ERR_TOKEN_KEY_UNKNOWN`, `ERR_TOKEN_SIGNATURE`; `ERR_KEY_REFUSED` for a key that is not fit for use, and
 * `ERR_OPTION` for a wrong option.
 */
export function verifyJws(token: string, keys: VerificationKeys, options: VerifyJwsOptions): VerifiedJws {
  refuseUnknownOptions('verifyJws', options, ['algorithms'], ArgumentError);
  const algorithms = knownAlgorithms(options.algorithms);
  const set = keySetOf(keys, algorithms);
  const jws = splitCompactJws(token);
  if (jws === undefined) throw refused('ERR_TOKEN_MALFORMED', 'not a compact JWS of at most 8192 characters');
  const reading = readJwsHeader(jws.headerText);
  if ('fault' in reading) throw refused('ERR_TOKEN_MALFORMED', reading.fault);
  const { header } = reading;
  const algorithm = parseAlgorithm(header['alg']);
  if (algorithm === undefined || !algorithms.includes(algorithm)) {
    throw refused('ERR_TOKEN_ALGORITHM', 'the alg is not among those that are accepted');
  }
  const key = chooseKey(set, header['kid'], algorithm);
  if (!key.verify(jws.signingInput, jws.signature))
    throw refused('ERR_TOKEN_SIGNATURE', 'the signature is wrong');
  const payload = decodeBase64url(jws.payloadText);
  if (payload === undefined) throw refused('ERR_TOKEN_MALFORMED', 'the payload is not strict base64url');
  // A copy: decoded bytes may lie in memory that they share with others.
  return { header, payload: new Uint8Array(payload) };
}

/**
 * Signs bytes, or a text as UTF-8, as a compact JWS (RFC 7515 §5.1) whose header has the key's `alg` and, where it has one, its `kid`.
 *
 * Throws `ERR_KEY_REFUSED` for a key that is not fit for use or does not sign, and `ERR_OPTION` for a payload that is empty or
 * makes a token of more than 8192 characters, and for a header that may not be.
 */
export function signJws(
  payload: Uint8Array | string,
  key: Jwk | TypedKey,
  options: SignJwsOptions = {},
): string {
  refuseUnknownOptions('signJws', options, ['header'], ArgumentError);
  const { algorithm, id, sign } = signingKeyOf(key);
  const own: JsonObject = { alg: algorithm, ...(id !== undefined && { kid: id }) };
  const header = options.header === undefined ? encodeJsonPart(own) : mergedHeader(own, options.header);
  const signingInput = `${header}.${encodeBase64url(payloadBytes(payload))}`;
  const token = `${signingInput}.${sign(signingInput)}`;
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new ArgumentError(
      `The token would have more than ${MAX_TOKEN_LENGTH} characters: no verifier takes it.`,
    );
  }
  return token;
}

function chooseKey(
  set: KeySet,
  kid: JsonValue | undefined,
  algorithm: Parameters<KeySet['choose']>[1],
): JwsVerificationKey {
  const chosen = set.choose(kid, algorithm);
  switch (chosen.kind) {
    case 'chosen':
      return chosen.key;
    case 'unknown':
      throw refused('ERR_TOKEN_KEY_UNKNOWN', 'the kid is missing or unknown');
    case 'other_algorithm':
      throw refused('ERR_TOKEN_ALGORITHM', 'the alg is not that of the key');
  }
}

function mergedHeader(own: JsonObject, given: JsonObject): string {
  const forbidden = Object.keys(given).find((name) => NOT_FOR_CALLERS.includes(name));
  if (forbidden !== undefined) {
    throw new ArgumentError(
      `\`header\` may not have \`${forbidden}\`: \`alg\` and \`kid\` come from the key.`,
    );
  }
  const text = encodedHeader({ ...own, ...given });
  const seen = text === undefined ? undefined : decodeJsonPart(text);
  if (text === undefined || seen?.['alg'] !== own['alg'] || seen?.['kid'] !== own['kid']) {
    throw new ArgumentError('`header` has to be a JSON object, nested at most 8 deep.');
  }
  return text;
}

function encodedHeader(header: JsonObject): string | undefined {
  try {
    return encodeJsonPart(header);
  } catch {
    return undefined;
  }
}

function payloadBytes(payload: unknown): Uint8Array {
  const bytes = typeof payload === 'string' && payload.isWellFormed() ? utf8(payload) : payload;
  if (bytes instanceof Uint8Array && bytes.length > 0 && bytes.length <= MAX_TOKEN_LENGTH) return bytes;
  throw new ArgumentError(
    `The payload has to be a Uint8Array or a text, not empty, of at most ${MAX_TOKEN_LENGTH} bytes.`,
  );
}

function refused(code: ErrorCode, detail: string): WatchwordError {
  return new WatchwordError(code, { detail });
}
