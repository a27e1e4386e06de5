import { decodeUtf8 } from '../../crypto/bytes.ts';
import { isJsonObject, parseStrictJson } from '../../domain/json.ts';
import type { HttpAnswer, HttpClient } from '../../ports/http-client.ts';
import type { VerifiedToken } from '../tokens/verified-token.ts';

const LIMITS = { timeoutMs: 3000, maxBytes: 65_536 };
const MAX_DEPTH = 9;

export interface AskParts {
  readonly http: HttpClient;
  readonly authorization: string;
}

/**
 * Whether a token that is right in every other way was revoked, as its issuer knows at this moment (RFC 7662). `unreachable` also
 * where the answer is about something else.
 */
export async function askIssuer(
  { http, authorization }: AskParts,
  url: string,
  text: string,
  { tokenId, issuer }: VerifiedToken,
): Promise<'active' | 'inactive' | 'unreachable'> {
  const body = {
    type: 'application/x-www-form-urlencoded',
    text: `token_type_hint=access_token&token=${encodeURIComponent(text)}`,
  } as const;
  const answer = await http.post(url, { authorization }, body, LIMITS).catch(() => undefined);
  const claims = answer && claimsOf(answer);
  if (claims?.['active'] === false) return 'inactive';
  const isThisOne = claims?.['jti'] === tokenId && claims['iss'] === issuer;
  return claims?.['active'] === true && isThisOne ? 'active' : 'unreachable';
}

function claimsOf({ status, body }: HttpAnswer) {
  const text = status === 200 ? decodeUtf8(body) : undefined;
  const value = text === undefined ? undefined : parseStrictJson(text, { maxDepth: MAX_DEPTH });
  return isJsonObject(value) ? value : undefined;
}
