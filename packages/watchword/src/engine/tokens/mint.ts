import { MAX_TOKEN_LENGTH, signCompactJws } from '../../crypto/jws/compact.ts';
import { createTokenId } from '../../crypto/token-id.ts';
import type { TokenId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Session } from '../../domain/session.ts';
import { epochMs, numericDate, type EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { accessClaims, oneOrMore, ownClaims } from './access-claims.ts';

const TOKEN_ID_RANDOM_BYTES = 4;

/** What was minted: the text, and what the caller may say about it. */
export interface MintedToken {
  readonly text: string;
  readonly tokenId: TokenId;
  readonly expiresMs: EpochMs;
  readonly expiresInSeconds: number;
}

/** The claims of a token that stands for nothing but itself. */
export interface CustomTokenClaims {
  readonly typ: string;
  readonly subject: string;
  readonly audience: readonly string[];
  readonly ttlMs: number;
  readonly claims: JsonObject;
}

export interface TokenMint {
  /** An access token (RFC 9068) of a session's generation; it never outlives the session. */
  accessToken(session: Session, generation: number): Promise<MintedToken>;
  customToken(claims: CustomTokenClaims): MintedToken;
}

export function createTokenMint(context: EngineContext, keys: KeyKeeper): TokenMint {
  const { settings, clock, random } = context;

  return {
    async accessToken(session, generation) {
      const own = await ownClaims(session, context);
      const nowMs = clock.nowMs();
      const expiresMs = epochMs(Math.min(nowMs + settings.accessTtlMs, session.absoluteExpiresMs));
      const binding = { sessionId: session.id, generation };
      const tokenId = createTokenId(nowMs, random.bytes(TOKEN_ID_RANDOM_BYTES), binding, keys.tokenIdKey());
      const made = { issuer: settings.issuer, tokenId, issuedMs: nowMs, expiresMs };
      const claims = accessClaims({ session, generation }, own, made);
      const text = signCompactJws(keys.signing(), 'at+jwt', claims);
      return minted(text, tokenId, nowMs, expiresMs);
    },

    customToken({ typ, subject, audience, ttlMs, claims }) {
      const nowMs = clock.nowMs();
      const expiresMs = epochMs(nowMs + ttlMs);
      const tokenId = createTokenId(
        nowMs,
        random.bytes(TOKEN_ID_RANDOM_BYTES),
        { generation: 0 },
        keys.tokenIdKey(),
      );
      const text = signCompactJws(keys.signing(), typ, {
        ...claims,
        iss: settings.issuer,
        aud: oneOrMore(audience),
        sub: subject,
        iat: numericDate(nowMs),
        exp: numericDate(expiresMs),
        jti: tokenId,
      });
      return minted(text, tokenId, nowMs, expiresMs);
    },
  };
}

function minted(text: string, tokenId: TokenId, nowMs: EpochMs, expiresMs: EpochMs): MintedToken {
  if (text.length > MAX_TOKEN_LENGTH) {
    throw new WatchwordError('ERR_TOKEN_TOO_LARGE', { detail: `the token has ${text.length} characters` });
  }
  const expiresInSeconds = Math.max(0, numericDate(expiresMs) - numericDate(nowMs));
  return { text, tokenId, expiresMs, expiresInSeconds };
}
