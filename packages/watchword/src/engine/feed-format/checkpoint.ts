import { decodeBase64url, encodeBase64url } from '../../crypto/base64url.ts';
import { decodeJsonPart, readJwsHeader, signCompactJws, splitCompactJws } from '../../crypto/jws/compact.ts';
import type { JwsKey, JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import { CLOCK_PATTERN, EPOCH_PATTERN, NONCE_PATTERN, type FeedCheckpoint } from '../../domain/feed.ts';
import { parseKeyId, type KeyId } from '../../domain/ids.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';

const TYPE = 'ww-feed+jwt';
const ALGORITHM = 'EdDSA';
const HASH_BYTES = 32;
const LONGEST_ISSUER = 2048;

/** No window of a refresh chain is a day long. */
const LONGEST_SETTLING_MS = 86_400_000;

export type CheckpointReading =
  | { readonly kind: 'read'; readonly checkpoint: FeedCheckpoint }
  | {
      readonly kind: 'refused';
      readonly reason: 'malformed' | 'unknown_key' | 'signature' | 'issuer';
      /** The `kid`, where one could be read. */
      readonly keyId?: KeyId;
    };

/** The key has to be one for EdDSA. */
export function signCheckpoint(checkpoint: FeedCheckpoint, key: JwsKey): string {
  const { issuer, head, clock, keyRevision, settleMs, nonce, snapshot } = checkpoint;
  return signCompactJws(key, TYPE, {
    iss: issuer,
    epoch: head.epoch,
    seq: head.sequence,
    hash: encodeBase64url(head.hash),
    // Rounded so that nothing seems fresher than it is.
    as_of: Math.floor(checkpoint.asOfMs),
    now: Math.ceil(checkpoint.nowMs),
    clock,
    keys: keyRevision,
    settle_ms: settleMs,
    ...(nonce !== undefined && { nonce }),
    ...(snapshot !== undefined && { snapshot: encodeBase64url(snapshot) }),
  });
}

/** Nothing in the header decides anything but which key is looked for. */
export function readCheckpoint(
  text: string,
  findKey: (keyId: string) => JwsVerificationKey | undefined,
  issuer: string,
): CheckpointReading {
  const jws = splitCompactJws(text);
  const keyId = jws && readHeader(jws.headerText);
  if (jws === undefined || keyId === undefined) return { kind: 'refused', reason: 'malformed' };
  const key = findKey(keyId);
  if (key?.algorithm !== ALGORITHM) return { kind: 'refused', reason: 'unknown_key', keyId };
  if (!key.verify(jws.signingInput, jws.signature)) return { kind: 'refused', reason: 'signature', keyId };
  const claims = decodeJsonPart(jws.payloadText);
  const checkpoint = claims && readClaims(claims);
  if (checkpoint === undefined) return { kind: 'refused', reason: 'malformed', keyId };
  if (checkpoint.issuer !== issuer) return { kind: 'refused', reason: 'issuer', keyId };
  return { kind: 'read', checkpoint };
}

/** The `kid` of a header that has what each checkpoint's has, and nothing else. */
function readHeader(text: string): KeyId | undefined {
  const reading = readJwsHeader(text);
  if ('fault' in reading) return undefined;
  const { alg, typ, kid, ...others } = reading.header;
  if (alg !== ALGORITHM || typ !== TYPE || Object.keys(others).length > 0) return undefined;
  return parseKeyId(kid);
}

/** Claims that are not known are a later version's. */
function readClaims(claims: JsonObject): FeedCheckpoint | undefined {
  const issuer = claims['iss'];
  const epoch = matching(claims['epoch'], EPOCH_PATTERN);
  const sequence = wholeNumber(claims['seq']);
  const hash = readHash(claims['hash']);
  if (typeof issuer !== 'string' || issuer === '' || issuer.length > LONGEST_ISSUER) return undefined;
  if (epoch === undefined || sequence === undefined || hash === undefined) return undefined;
  const times = readTimes(claims);
  const extras = readExtras(claims);
  return times && extras && { issuer, head: { epoch, sequence, hash }, ...times, ...extras };
}

function readTimes(claims: JsonObject): Pick<FeedCheckpoint, 'asOfMs' | 'nowMs' | 'clock'> | undefined {
  const asOfMs = wholeNumber(claims['as_of']);
  const nowMs = wholeNumber(claims['now']);
  const clock = matching(claims['clock'], CLOCK_PATTERN);
  if (asOfMs === undefined || nowMs === undefined || clock === undefined) return undefined;
  // Nobody can have read the log in the future.
  return asOfMs <= nowMs ? { asOfMs, nowMs, clock } : undefined;
}

function readExtras(
  claims: JsonObject,
): Pick<FeedCheckpoint, 'keyRevision' | 'settleMs' | 'nonce' | 'snapshot'> | undefined {
  const keyRevision = wholeNumber(claims['keys']);
  const settleMs = wholeNumber(claims['settle_ms']);
  const nonce = matching(claims['nonce'], NONCE_PATTERN);
  const snapshot = readHash(claims['snapshot']);
  if (keyRevision === undefined || settleMs === undefined || settleMs > LONGEST_SETTLING_MS) return undefined;
  if (claims['nonce'] !== undefined && nonce === undefined) return undefined;
  if (claims['snapshot'] !== undefined && snapshot === undefined) return undefined;
  return {
    keyRevision,
    settleMs,
    ...(nonce !== undefined && { nonce }),
    ...(snapshot !== undefined && { snapshot }),
  };
}

function wholeNumber(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function matching(value: JsonValue | undefined, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

function readHash(value: JsonValue | undefined): Uint8Array | undefined {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined;
  return bytes?.length === HASH_BYTES ? bytes : undefined;
}
