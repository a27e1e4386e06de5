import { isJsonObject, parseStrictJson, type JsonObject } from '../../domain/json.ts';
import { decodeBase64urlText, encodeBase64url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';
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
  const json = decodeBase64urlText(text);
  const value = json === undefined ? undefined : parseStrictJson(json, { maxDepth: MAX_DEPTH });
  return isJsonObject(value) ? value : undefined;
}

export function encodeJsonPart(value: JsonObject): string {
  return encodeBase64url(utf8(JSON.stringify(value)));
}

/** The compact JWS over `payload` with the header `{ alg, kid, typ }` and nothing else. */
export function signCompactJws(key: JwsKey, typ: string, payload: JsonObject): string {
  const header = encodeJsonPart({ alg: key.algorithm, kid: key.id, typ });
  const signingInput = `${header}.${encodeJsonPart(payload)}`;
  return `${signingInput}.${key.sign(signingInput)}`;
}
