import type { SQLInputValue } from 'node:sqlite';
import { sessionIdBytes, sessionIdFromBytes } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ChainState } from '../../domain/refresh-chain.ts';
import type { SessionPlace } from '../../domain/place.ts';
import type { Delivery, Session, SessionEndReason, SessionRecord } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';
import { assertStorable } from './storable-text.ts';

/** The greatest cut-off that covers the row at hand: what started before it has ended, whatever its own columns say. */
export const CUTOFF = `max(
  coalesce((SELECT before_ms FROM cutoffs WHERE kind = 'all' AND target = ''), 0),
  coalesce((SELECT before_ms FROM cutoffs WHERE kind = 'subject' AND target = sessions.subject), 0))`;

/** The columns that a `SessionRow` has. */
export const SESSION_COLUMNS = `sessions.*, ${CUTOFF} AS cutoff_ms`;

/** A row of `sessions` with the cut-off that covers it. */
export interface SessionRow {
  readonly id: Uint8Array;
  readonly subject: string;
  readonly client_id: string;
  readonly delivery: Delivery;
  readonly remembered: 0 | 1;
  readonly audience: string;
  readonly scope: string;
  readonly amr: string;
  readonly claims: string;
  readonly authenticated_ms: EpochMs;
  readonly started_ms: EpochMs;
  readonly last_refreshed_ms: EpochMs;
  readonly idle_expires_ms: EpochMs;
  readonly absolute_expires_ms: EpochMs;
  readonly ended_ms: EpochMs | null;
  readonly ended_reason: SessionEndReason | null;
  readonly generation: number;
  readonly key_version: number;
  readonly delivered_ms: EpochMs;
  readonly settled: 0 | 1;
  readonly late: number;
  readonly late_delivery: ChainState['lateDelivery'];
  readonly share: Uint8Array;
  readonly address_prefix: string | null;
  readonly user_agent: string | null;
  readonly cutoff_ms: EpochMs;
}

export const INSERT_SESSION = `
  INSERT INTO sessions (
    id, subject, client_id, delivery, remembered, audience, scope, amr, claims,
    authenticated_ms, started_ms, last_refreshed_ms, idle_expires_ms, absolute_expires_ms, ended_ms, ended_reason,
    share, generation, key_version, delivered_ms, settled, late, late_delivery, address_prefix, user_agent
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The parameters of `INSERT_SESSION`. */
export function sessionParameters({ session, chain, share }: SessionRecord): SQLInputValue[] {
  assertStorable(session.subject, 'The subject of a session');
  assertStorable(session.clientId, 'The client of a session');
  return [
    sessionIdBytes(session.id),
    session.subject,
    session.clientId,
    session.delivery,
    session.remembered ? 1 : 0,
    JSON.stringify(session.audience),
    JSON.stringify(session.scope),
    JSON.stringify(session.amr),
    JSON.stringify(session.claims),
    session.authenticatedMs,
    session.startedMs,
    session.lastRefreshedMs,
    session.idleExpiresMs,
    session.absoluteExpiresMs,
    session.ended?.atMs ?? null,
    session.ended?.reason ?? null,
    share,
    ...chainParameters(chain),
    ...placeParameters(session),
  ];
}

/** The six columns of a chain, in the order in which every statement here names them. */
export function chainParameters(chain: ChainState): SQLInputValue[] {
  return [
    chain.generation,
    chain.keyVersion,
    chain.deliveredMs,
    chain.settled ? 1 : 0,
    chain.late,
    chain.lateDelivery,
  ];
}

/** The two columns of a place, in that order too. */
export function placeParameters({ addressPrefix, userAgent }: SessionPlace): SQLInputValue[] {
  return [addressPrefix ?? null, userAgent ?? null];
}

export function recordFromRow(row: SessionRow): SessionRecord {
  return { session: sessionFromRow(row), chain: chainFromRow(row), share: row.share };
}

export function sessionFromRow(row: SessionRow): Session {
  const session: Session = {
    id: sessionIdFromBytes(row.id),
    subject: row.subject,
    clientId: row.client_id,
    delivery: row.delivery,
    remembered: row.remembered === 1,
    audience: JSON.parse(row.audience) as string[],
    scope: JSON.parse(row.scope) as string[],
    amr: JSON.parse(row.amr) as string[],
    claims: JSON.parse(row.claims) as JsonObject,
    authenticatedMs: row.authenticated_ms,
    startedMs: row.started_ms,
    lastRefreshedMs: row.last_refreshed_ms,
    idleExpiresMs: row.idle_expires_ms,
    absoluteExpiresMs: row.absolute_expires_ms,
    ...(row.address_prefix !== null && { addressPrefix: row.address_prefix }),
    ...(row.user_agent !== null && { userAgent: row.user_agent }),
  };
  if (row.ended_ms !== null && row.ended_reason !== null) {
    return { ...session, ended: { atMs: row.ended_ms, reason: row.ended_reason } };
  }
  if (row.started_ms >= row.cutoff_ms) return session;
  return { ...session, ended: { atMs: row.cutoff_ms, reason: 'revoked' } };
}

function chainFromRow(row: SessionRow): ChainState {
  return {
    generation: row.generation,
    keyVersion: row.key_version,
    deliveredMs: row.delivered_ms,
    settled: row.settled === 1,
    late: row.late,
    lateDelivery: row.late_delivery,
  };
}
