import type { Session } from '../../domain/session.ts';
import type { TokenClaims } from '../../engine/tokens/verified-token.ts';

/** In how many seconds what a client holds is to be renewed, of how many in whole. */
export interface CredentialLife {
  readonly expiresInSeconds: number;
  readonly lifetimeSeconds: number;
}

export function lifeOfToken(token: TokenClaims, nowMs: number): CredentialLife {
  return lifeBetween(token.issuedAtSeconds, token.expiresAtSeconds, nowMs);
}

/** An opaque id is good for as long as its session. It is to be renewed as often as tokens are, so that a thief is noticed. */
export function lifeOfOpaqueId(session: Session, accessTtlMs: number, nowMs: number): CredentialLife {
  const { lastRefreshedMs, absoluteExpiresMs } = session;
  return lifeBetween(
    lastRefreshedMs / 1000,
    Math.min(lastRefreshedMs + accessTtlMs, absoluteExpiresMs) / 1000,
    nowMs,
  );
}

function lifeBetween(fromSeconds: number, untilSeconds: number, nowMs: number): CredentialLife {
  const lifetimeSeconds = Math.max(0, Math.floor(untilSeconds - fromSeconds));
  const leftSeconds = Math.max(0, Math.floor(untilSeconds - nowMs / 1000));
  return { expiresInSeconds: Math.min(leftSeconds, lifetimeSeconds), lifetimeSeconds };
}
