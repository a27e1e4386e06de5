import { createHmacKey } from '../../crypto/jws/hmac-key.ts';
import { decodeJsonPart, encodeJsonPart, signCompactJws, splitCompactJws } from '../../crypto/jws/compact.ts';
import type { JwsKey } from '../../crypto/jws/jws-key.ts';
import type { KeyId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { ArgumentError } from '../../errors/watchword-error.ts';
import type { Watchword } from '../../facade/index.ts';
import type { Clock } from '../../ports/clock.ts';

/** What may be wrong with a token, and the code that it is refused with. */
export const WRONG_TOKENS = {
  expired: 'ERR_TOKEN_EXPIRED',
  not_yet_valid: 'ERR_TOKEN_NOT_YET_VALID',
  revoked: 'ERR_TOKEN_REVOKED',
  signature: 'ERR_TOKEN_SIGNATURE',
  key: 'ERR_TOKEN_KEY_UNKNOWN',
  unsigned: 'ERR_TOKEN_MALFORMED',
  issuer: 'ERR_TOKEN_ISSUER',
  audience: 'ERR_TOKEN_AUDIENCE',
  type: 'ERR_TOKEN_TYPE',
  claims: 'ERR_TOKEN_CLAIMS',
} as const;

export type WrongToken = keyof typeof WRONG_TOKENS;

/** Far beyond what clocks may differ. */
const HOUR_SECONDS = 3600;
const ELSEWHERE = 'https://elsewhere.example';
const NOBODYS_KEY = new Uint8Array(32).fill(1);
const NOBODYS_KEY_ID = 'nobody-has-this-key' as KeyId;

export interface TokenSpoiler {
  /** Of a good token of this issuer's one that is wrong in this one thing. */
  spoil(token: string, wrong: WrongToken): Promise<string>;
}

export function createTokenSpoiler(
  auth: Watchword,
  clock: Clock,
  findKey: (id: string) => Promise<JwsKey>,
): TokenSpoiler {
  async function signAgain(parts: TokenParts, changes: JsonObject, typ = 'at+jwt'): Promise<string> {
    return signCompactJws(await findKey(parts.keyId), typ, { ...parts.payload, ...changes });
  }

  return {
    async spoil(token, wrong) {
      const parts = readToken(token);
      const { payload, headerText, payloadText } = parts;
      switch (wrong) {
        case 'expired': {
          const nowSeconds = Math.floor(clock.nowMs() / 1000);
          const backSeconds = Number(payload['exp']) - nowSeconds + HOUR_SECONDS;
          const times = ['iat', 'exp', 'auth_time'].map((name) => [
            name,
            Number(payload[name]) - backSeconds,
          ]);
          return signAgain(parts, Object.fromEntries(times) as JsonObject);
        }
        case 'not_yet_valid':
          return signAgain(parts, { nbf: Math.floor(clock.nowMs() / 1000) + HOUR_SECONDS });
        case 'revoked':
          await auth.revoke.token(parts.tokenId);
          return token;
        case 'signature': {
          const other = await signAgain(parts, { sub: 'somebody else' });
          return `${headerText}.${payloadText}.${other.slice(other.lastIndexOf('.') + 1)}`;
        }
        case 'key':
          return signCompactJws(createHmacKey(NOBODYS_KEY_ID, 'HS256', NOBODYS_KEY), 'at+jwt', payload);
        case 'unsigned': {
          const header = encodeJsonPart({ alg: 'none', typ: 'at+jwt', kid: parts.keyId });
          return `${header}.${payloadText}.`;
        }
        case 'issuer':
          return signAgain(parts, { iss: ELSEWHERE });
        case 'audience':
          return signAgain(parts, { aud: ELSEWHERE });
        case 'type':
          return signAgain(parts, {}, 'another+jwt');
        case 'claims':
          // A number where everybody reads a text.
          return signAgain(parts, { sub: 1 });
      }
    },
  };
}

interface TokenParts {
  readonly headerText: string;
  readonly payloadText: string;
  readonly keyId: string;
  readonly tokenId: string;
  readonly payload: JsonObject;
}

function readToken(token: string): TokenParts {
  const { headerText = '', payloadText = '' } = splitCompactJws(token) ?? {};
  const header = decodeJsonPart(headerText);
  const payload = decodeJsonPart(payloadText);
  const keyId = header?.['kid'];
  const tokenId = payload?.['jti'];
  if (payload === undefined || typeof keyId !== 'string' || typeof tokenId !== 'string') {
    throw new ArgumentError('Only a token that Watchword has issued can be made wrong.');
  }
  return { headerText, payloadText, keyId, tokenId, payload };
}

export function assertWrong(wrong: unknown): asserts wrong is WrongToken {
  if (typeof wrong === 'string' && Object.hasOwn(WRONG_TOKENS, wrong)) return;
  const names = Object.keys(WRONG_TOKENS).map((name) => `\`${name}\``);
  throw new ArgumentError(`\`wrong\` has to be one of ${names.join(', ')}.`);
}
