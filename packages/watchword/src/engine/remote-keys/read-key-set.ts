import type { JwsAlgorithm } from '../../crypto/jws/algorithms.ts';
import { isHmac } from '../../crypto/jws/algorithms.ts';
import type { JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import { parseJwk } from '../../crypto/jws/parse-jwk.ts';
import { parseKeyId } from '../../domain/ids.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/json.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';

/** How many keys of a set are looked at: issuers have a handful, and parsing one takes a tenth of a millisecond. */
const MOST_KEYS = 100;

/** The keys of an issuer by `kid`, which those for different algorithms may share (RFC 7517 §4.5). */
export type RemoteKeys = ReadonlyMap<string, readonly RemoteKey[]>;

export interface RemoteKey {
  readonly jws: JwsVerificationKey;
  /** What is in the set verifies; which of its keys signs at present is for the issuer to know. */
  readonly state: 'signing';
}

/** The keys of sets before, by the text of their JWK. */
export type ParsedKeys = Map<string, JwsVerificationKey>;

/**
 * The usable keys of a JWK Set (RFC 7517 §5). What is unusable is left out key by key, for issuers publish keys for other
 * purposes too. Secrets are never used; of two keys with one name and algorithm neither is. `undefined` for what is no set.
 */
export function readKeySet(
  document: JsonValue | undefined,
  algorithms: readonly JwsAlgorithm[],
  parsed: ParsedKeys,
): RemoteKeys | undefined {
  const listed = isJsonObject(document) ? document['keys'] : undefined;
  if (!isJsonArray(listed)) return undefined;
  const usable = listed.slice(0, MOST_KEYS).flatMap((jwk) => usableKey(jwk, algorithms, parsed) ?? []);
  const keys = new Map<string, RemoteKey[]>();
  for (const jws of usable) {
    const { id } = jws;
    const isAmbiguous = usable.some(
      (other) => other !== jws && other.id === id && other.algorithm === jws.algorithm,
    );
    if (id === undefined || isAmbiguous) continue;
    keys.set(id, [...(keys.get(id) ?? []), { jws, state: 'signing' }]);
  }
  return keys;
}

function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function usableKey(
  jwk: JsonValue,
  algorithms: readonly JwsAlgorithm[],
  parsed: ParsedKeys,
): JwsVerificationKey | undefined {
  if (!isJsonObject(jwk) || jwk['kty'] === 'oct' || parseKeyId(jwk['kid']) === undefined) return undefined;
  const text = JSON.stringify(jwk);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const key = parseUsable(jwk, algorithms);
  if (parsed.size >= MOST_KEYS) parsed.clear();
  if (key !== undefined) parsed.set(text, key);
  return key;
}

function parseUsable(jwk: JsonObject, algorithms: readonly JwsAlgorithm[]): JwsVerificationKey | undefined {
  try {
    const { verification, algorithm } = parseJwk(jwk, { algorithms });
    return isHmac(algorithm) || !algorithms.includes(algorithm) ? undefined : verification;
  } catch (error) {
    if (error instanceof WatchwordError) return undefined;
    throw error;
  }
}
