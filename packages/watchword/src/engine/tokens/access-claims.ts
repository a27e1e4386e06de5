import type { TokenId } from '../../domain/ids.ts';
import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import type { Session } from '../../domain/session.ts';
import { numericDate, type EpochMs } from '../../domain/time.ts';
import { ArgumentError, WatchwordError } from '../../errors/watchword-error.ts';
import type { EngineContext } from '../context.ts';
import { freeClaims } from './reserved.ts';

/** A hook that takes longer may answer for a session that was revoked meanwhile, and whose entry would not outlive it. */
const CLAIMS_PATIENCE_MS = 5000;

const LATE = Symbol('late');

/** Claims of the application's own: those that the session was started with, and those that its hook gives now. */
export async function ownClaims(
  session: Session,
  { settings, clock, scheduler }: EngineContext,
): Promise<JsonObject> {
  const hook = settings.claims;
  if (hook === undefined) return session.claims;
  const begunMs = clock.monotonicMs();
  let fresh: unknown;
  let stopTimer: (() => void) | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    stopTimer = scheduler.after(CLAIMS_PATIENCE_MS, () => resolve(LATE));
  });
  try {
    // Of several who wait for the same session's claims, one that waits for ever would have all wait for ever.
    fresh = await Promise.race([hook(session), late]);
  } catch (cause) {
    throw new WatchwordError('ERR_INTERNAL', {
      detail: 'the `claims` hook of the application failed',
      cause,
    });
  } finally {
    stopTimer?.();
  }
  if (fresh === LATE || clock.monotonicMs() - begunMs > CLAIMS_PATIENCE_MS) {
    throw new WatchwordError('ERR_OVERLOADED', {
      detail: 'the `claims` hook of the application took too long',
    });
  }
  if (!isJsonObject(fresh)) throw new ArgumentError('The `claims` hook has to give an object of claims.');
  return { ...session.claims, ...freeClaims(fresh, settings.allowedClaims) };
}

/** What an access token says of its session (RFC 9068), whether it is made or not. */
export function accessClaims(
  { session, generation }: { readonly session: Session; readonly generation: number },
  own: JsonObject,
  {
    issuer,
    tokenId,
    issuedMs,
    expiresMs,
  }: {
    readonly issuer: string;
    readonly tokenId: TokenId;
    readonly issuedMs: EpochMs;
    readonly expiresMs: EpochMs;
  },
): JsonObject {
  return {
    ...own,
    iss: issuer,
    aud: oneOrMore(session.audience),
    sub: session.subject,
    iat: numericDate(issuedMs),
    exp: numericDate(expiresMs),
    jti: tokenId,
    sid: session.id,
    client_id: session.clientId,
    ww_gen: generation,
    auth_time: numericDate(session.authenticatedMs),
    ...(session.scope.length > 0 && { scope: session.scope.join(' ') }),
    ...(session.amr.length > 0 && { amr: session.amr }),
  };
}

/** RFC 7519 §4.1.3. */
export function oneOrMore(audience: readonly string[]): string | readonly string[] {
  const [first] = audience;
  return first !== undefined && audience.length === 1 ? first : audience;
}
