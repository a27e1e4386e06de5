import { decodeUtf8 } from '../../crypto/bytes.ts';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '../../domain/json.ts';
import type { HttpAnswer, HttpClient } from '../../ports/http-client.ts';

/** One document of an issuer: large enough for a hundred keys with certificates. */
const LIMITS = { timeoutMs: 5000, maxBytes: 512 * 1024 };
const MAX_DEPTH = 16;
const MOST_REDIRECTS = 2;

/** A JSON document, and how long it says that it may be kept. */
export interface FetchedDocument {
  readonly value: JsonValue;
  /** `undefined` where it does not say. */
  readonly maxAgeSeconds: number | undefined;
}

/** What is there is no document of the kind: a page, a form to sign in, a refusal. */
class OtherDocumentError extends Error {}

/** Fetches JSON. A redirect is followed within the origin only: nobody else is asked because somebody said so. */
export async function fetchDocument(http: HttpClient, url: string): Promise<FetchedDocument | 'missing'> {
  let at = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await http.get(at, LIMITS);
    if (answer.status === 404) return 'missing';
    const target = redirectOf(answer, at);
    if (target === undefined) return documentOf(answer);
    at = target;
  }
  throw new Error(`it redirects more than ${MOST_REDIRECTS} times`);
}

function redirectOf(answer: HttpAnswer, at: string): string | undefined {
  const location = answer.header('location');
  if (answer.status < 300 || answer.status > 399 || location === undefined) return undefined;
  if (!URL.canParse(location, at) || new URL(location, at).origin !== new URL(at).origin) {
    throw new OtherDocumentError('it redirects to another origin');
  }
  return new URL(location, at).href;
}

function documentOf(answer: HttpAnswer): FetchedDocument {
  const isRefusal = answer.status >= 400 && answer.status < 500;
  if (isRefusal) throw new OtherDocumentError(`it answers ${answer.status}`);
  if (answer.status !== 200) throw new Error(`it answers ${answer.status}`);
  const text = decodeUtf8(answer.body);
  const value = text === undefined ? undefined : parseStrictJson(text, { maxDepth: MAX_DEPTH });
  if (value === undefined) throw new OtherDocumentError('it answers with something else than JSON');
  return { value, maxAgeSeconds: maxAgeOf(answer.header('cache-control')) };
}

/** RFC 9111 §5.2.2.1. */
function maxAgeOf(cacheControl: string | undefined): number | undefined {
  const [, seconds] = /(?:^|[\s,])max-age="?(\d{1,9})"?/i.exec(cacheControl ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

/**
 * Where the issuer's keys are, as its metadata says (RFC 8414 §3, OpenID Connect Discovery §4). An issuer without metadata
 * has them where an embedded Watchword does.
 */
export async function discoverKeySetUrl(
  http: HttpClient,
  issuer: string,
  isAllowed: (url: string) => boolean,
): Promise<string> {
  const metadata = await fetchMetadata(http, issuer);
  if (metadata === 'missing') return new URL('/.well-known/jwks.json', issuer).href;
  const uri = metadata['jwks_uri'];
  if (typeof uri === 'string' && isAllowed(uri)) return uri;
  throw new Error('its metadata names no `jwks_uri` that is https');
}

/** What the issuer says of itself. */
export async function fetchMetadata(http: HttpClient, issuer: string): Promise<JsonObject | 'missing'> {
  for (const url of metadataUrls(issuer)) {
    const metadata = await fetchDocument(http, url).catch(missingIfOther);
    if (metadata === 'missing') continue;
    const { value } = metadata;
    // RFC 8414 §3.3: or it would be somebody else's metadata.
    if (isJsonObject(value) && value['issuer'] === issuer) return value;
    throw new Error('its metadata names another issuer');
  }
  return 'missing';
}

/** An application answers what it does not know in its own way. */
function missingIfOther(error: unknown): 'missing' {
  if (error instanceof OtherDocumentError) return 'missing';
  throw error;
}

function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
}
