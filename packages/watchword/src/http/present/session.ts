import type { Account } from '../../domain/account.ts';
import { settlingTimeMs } from '../../domain/refresh-chain.ts';
import { LONG_AGO } from '../../domain/time.ts';
import type { Session } from '../../domain/session.ts';
import type { SessionWithChain } from '../../engine/sessions/sessions.ts';
import type { VerifiedToken } from '../../engine/tokens/verified-token.ts';
import type { CredentialLife } from './credential-life.ts';
import { isoTime } from './tokens.ts';

/** `GET /auth/session`. */
export function presentCurrentSession(
  token: VerifiedToken,
  { session, chain, policy }: SessionWithChain,
  account: Account | undefined,
  life: CredentialLife,
): object {
  return {
    subject: token.subject,
    session_id: session.id,
    client_id: session.clientId,
    expires_in: life.expiresInSeconds,
    lifetime: life.lifetimeSeconds,
    scope: token.scope,
    ...(account !== undefined && { user: presentAccount(account) }),
    session: {
      id: session.id,
      delivery: session.delivery,
      remembered: session.remembered,
      started_at: isoTime(session.startedMs),
      last_refreshed_at: isoTime(session.lastRefreshedMs),
      idle_expires_at: isoTime(session.idleExpiresMs),
      expires_at: isoTime(session.absoluteExpiresMs),
    },
    chain: {
      generation: chain.generation,
      delivered_at: chain.deliveredMs === LONG_AGO ? null : isoTime(chain.deliveredMs),
      settled: chain.settled,
      late: chain.late,
      rotation: policy.rotation,
      race_window_ms: policy.raceWindowMs,
      settling_ms: settlingTimeMs(policy),
    },
  };
}

/** One of `GET /auth/sessions`. */
export function presentListedSession(session: Session, current: Session['id'] | undefined): object {
  return {
    id: session.id,
    current: session.id === current,
    client_id: session.clientId,
    delivery: session.delivery,
    remembered: session.remembered,
    user_agent: session.userAgent ?? null,
    address_prefix: session.addressPrefix ?? null,
    started_at: isoTime(session.startedMs),
    last_refreshed_at: isoTime(session.lastRefreshedMs),
    idle_expires_at: isoTime(session.idleExpiresMs),
    expires_at: isoTime(session.absoluteExpiresMs),
  };
}

export function presentAccount({ id, email }: Account): object {
  return { id, email };
}
