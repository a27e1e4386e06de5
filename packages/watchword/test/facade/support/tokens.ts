import type { JwsKey } from '../../../src/crypto/jws/jws-key.ts';
import type { JsonObject } from '../../../src/domain/json.ts';

export interface TokenParts {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** What a token says, unverified. */
export function readToken(token: string): TokenParts {
  const [header = '', payload = ''] = token.split('.');
  return { header: decoded(header), payload: decoded(payload) };
}

/** The `jti` and such of a token as text. */
export function claim(token: string, name: string): string {
  return String(readToken(token).payload[name]);
}

/** A token signed with `key` over any header and payload, given as objects or as the very text. */
export function forge(key: JwsKey, header: JsonObject | string, payload: JsonObject | string): string {
  const signingInput = `${encoded(header)}.${encoded(payload)}`;
  return `${signingInput}.${key.sign(signingInput)}`;
}

export function encoded(part: JsonObject | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

function decoded(part: string): JsonObject {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonObject;
}
