import { Buffer } from 'node:buffer';
import { isJsonObject, parseStrictJson, type JsonObject } from '../../domain/json.ts';
import type { JsonShapes } from '../../domain/json-shape.ts';
import { decodeBase64urlLatin1 } from '../base64url.ts';
import { decodeUtf8 } from '../bytes.ts';
import type { JwsKey } from './jws-key.ts';

/** The longest token that is looked at, in characters. */
export const MAX_TOKEN_LENGTH = 8192;

/** How deep header and payload may be nested. */
export const MAX_DEPTH = 8;

/** A text of the form of compact JWS, RFC 7515 §3.1. Nothing about it is proven yet. */
export interface CompactJws {
  readonly headerText: string;
  readonly payloadText: string;
  readonly signature: string;
  /** What the signature covers: header, dot, payload. */
  readonly signingInput: string;
}

/** Exactly three parts, none empty: neither JWE (five) nor an unsecured or detached JWS. */
export function splitCompactJws(token: unknown): CompactJws | undefined {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return undefined;
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < first + 2 || second === token.length - 1) return undefined;
  if (token.includes('.', second + 1)) return undefined;
  return {
    headerText: token.slice(0, first),
    payloadText: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signingInput: token.slice(0, second),
  };
}

/** Strict base64url, strict UTF-8, strict JSON, an object. */
export function decodeJsonPart(text: string): JsonObject | undefined {
  const bytes = decodeBase64urlLatin1(text);
  return bytes === undefined ? undefined : parseObject(bytes);
}

/** The same of a part that was found authentic: what it looks like is learned, and read faster when it comes again. */
export function decodeAuthenticPart(text: string, shapes: JsonShapes): JsonObject | undefined {
  const bytes = decodeBase64urlLatin1(text);
  if (bytes === undefined) return undefined;
  // What has a known shape is ASCII, which is UTF-8.
  const known = shapes.read(bytes);
  if (known !== undefined) return known;
  const value = parseObject(bytes);
  if (value !== undefined) shapes.learn(bytes, value);
  return value;
}

function parseObject(bytes: string): JsonObject | undefined {
  const json = utf8OfLatin1(bytes);
  const value = json === undefined ? undefined : parseStrictJson(json, { maxDepth: MAX_DEPTH });
  return isJsonObject(value) ? value : undefined;
}

function utf8OfLatin1(bytes: string): string | undefined {
  // Whoever writes ASCII only, writes UTF-8.
  return Buffer.byteLength(bytes) === bytes.length ? bytes : decodeUtf8(Buffer.from(bytes, 'latin1'));
}

/** A header whose meaning is all understood, or why it is refused. */
export type JwsHeaderReading = { readonly header: JsonObject } | { readonly fault: string };

export function readJwsHeader(text: string): JwsHeaderReading {
  const header = decodeJsonPart(text);
  if (header === undefined) return { fault: 'the header is not a strict JSON object' };
  // RFC 7515 §4.1.11: extensions that are not understood must be rejected, and none is understood here.
  if (header['crit'] !== undefined || header['b64'] !== undefined) {
    return { fault: 'the header has critical extensions' };
  }
  return { header };
}

export function encodeJsonPart(value: JsonObject): string {
  const json = JSON.stringify(value);
  // No character takes more than three bytes: what may not fit, gets a buffer of its own.
  if (json.length > scratch.length / 3) return Buffer.from(json, 'utf8').toString('base64url');
  return scratch.toString('base64url', 0, scratch.write(json, 'utf8'));
}

/** The compact JWS over `payload` with the header `{ alg, kid, typ }` and nothing else. */
export function signCompactJws(key: JwsKey, typ: string, payload: JsonObject): string {
  const signingInput = `${headerOf(key, typ)}.${encodeJsonPart(payload)}`;
  return `${signingInput}.${key.sign(signingInput)}`;
}

/** Belongs to one synchronous call at a time. */
const scratch = Buffer.alloc(8192);

/** All tokens of one key and kind begin alike. */
const headers = new WeakMap<JwsKey, Map<string, string>>();

/** More kinds than an application has. */
const MOST_KINDS = 64;

function headerOf(key: JwsKey, typ: string): string {
  let ofKey = headers.get(key);
  if (ofKey === undefined || ofKey.size > MOST_KINDS) headers.set(key, (ofKey = new Map<string, string>()));
  let header = ofKey.get(typ);
  if (header === undefined) {
    header = encodeJsonPart({ alg: key.algorithm, kid: key.id, typ });
    ofKey.set(typ, header);
  }
  return header;
}
