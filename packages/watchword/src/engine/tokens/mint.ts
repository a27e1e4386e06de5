import { MAX_TOKEN_LENGTH, signCompactJws } from '../../crypto/jws/compact.ts';
import { createTokenId } from '../../crypto/token-id.ts';
import type { TokenId } from '../../domain/ids.ts';
import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import type { Session } from '../../domain/session.ts';
import { epochMs, numericDate, type EpochMs } from '../../domain/time.ts';
import { ArgumentError, WatchwordError } from '../../errors/watchword-error.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { freeClaims } from './reserved.ts';

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
      const own = await claimsOf(session, context);
      const nowMs = clock.nowMs();
      const expiresMs = epochMs(Math.min(nowMs + settings.accessTtlMs, session.absoluteExpiresMs));
      const binding = { sessionId: session.id, generation };
      const tokenId = createTokenId(nowMs, random.bytes(TOKEN_ID_RANDOM_BYTES), binding, keys.tokenIdKey());
      const text = signCompactJws(keys.signing(), 'at+jwt', {
        ...own,
        iss: settings.issuer,
        aud: oneOrMore(session.audience),
        sub: session.subject,
        iat: numericDate(nowMs),
        exp: numericDate(expiresMs),
        jti: tokenId,
        sid: session.id,
        client_id: session.clientId,
        ww_gen: generation,
        auth_time: numericDate(session.authenticatedMs),
        ...(session.scope.length > 0 && { scope: session.scope.join(' ') }),
        ...(session.amr.length > 0 && { amr: session.amr }),
      });
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

/** A hook that takes longer may answer for a session that was revoked meanwhile, and whose entry would not outlive it. */
const CLAIMS_PATIENCE_MS = 5000;

async function claimsOf(session: Session, { settings, clock }: EngineContext): Promise<JsonObject> {
  const hook = settings.claims;
  if (hook === undefined) return session.claims;
  const begunMs = clock.monotonicMs();
  let fresh: unknown;
  try {
    fresh = await hook(session);
  } catch (cause) {
    throw new WatchwordError('ERR_INTERNAL', {
      detail: 'the `claims` hook of the application failed',
      cause,
    });
  }
  if (clock.monotonicMs() - begunMs > CLAIMS_PATIENCE_MS) {
    throw new WatchwordError('ERR_OVERLOADED', {
      detail: 'the `claims` hook of the application took too long',
    });
  }
  if (!isJsonObject(fresh)) throw new ArgumentError('The `claims` hook has to give an object of claims.');
  return { ...session.claims, ...freeClaims(fresh, settings.allowedClaims) };
}

function oneOrMore(audience: readonly string[]): string | readonly string[] {
  const [first] = audience;
  return first !== undefined && audience.length === 1 ? first : audience;
}
