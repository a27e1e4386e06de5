import { sessionIdFromBytes, type SessionId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { SessionPlace } from '../domain/place.ts';
import type { ChainState } from '../domain/refresh-chain.ts';
import type { Delivery, SessionEnd, SessionEndReason, SessionRecord } from '../domain/session.ts';
import type { EpochMs } from '../domain/time.ts';
import { assertStorable } from './storable-text.ts';

/** What a column takes. */
export type ColumnValue = string | number | Uint8Array | null;

/** A row of `sessions`, column by column, with the cut-off that covers it. */
export type SessionRow = readonly [
  id: SessionId | Uint8Array,
  subject: string,
  clientId: string,
  delivery: Delivery,
  remembered: 0 | 1,
  audience: string,
  scope: string,
  amr: string,
  claims: string,
  authenticatedMs: EpochMs,
  startedMs: EpochMs,
  lastRefreshedMs: EpochMs,
  idleExpiresMs: EpochMs,
  absoluteExpiresMs: EpochMs,
  endedMs: EpochMs | null,
  endedReason: SessionEndReason | null,
  share: Uint8Array,
  generation: number,
  keyVersion: number,
  deliveredMs: EpochMs,
  settled: 0 | 1,
  late: number,
  lateDelivery: ChainState['lateDelivery'],
  addressPrefix: string | null,
  userAgent: string | null,
  cutoffMs: EpochMs,
];

/** The values of a new row, in the order of `SessionRow`, without the cut-off; `id` as the database keeps it. */
export function sessionValues(id: ColumnValue, { session, chain, share }: SessionRecord): ColumnValue[] {
  assertStorable(session.subject, 'The subject of a session');
  assertStorable(session.clientId, 'The client of a session');
  return [
    id,
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
export function chainParameters(chain: ChainState): ColumnValue[] {
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
export function placeParameters({ addressPrefix, userAgent }: SessionPlace): ColumnValue[] {
  return [addressPrefix ?? null, userAgent ?? null];
}

export function recordFromRow(row: SessionRow): SessionRecord {
  const [
    id,
    subject,
    clientId,
    delivery,
    remembered,
    audience,
    scope,
    amr,
    claims,
    authenticatedMs,
    startedMs,
    lastRefreshedMs,
    idleExpiresMs,
    absoluteExpiresMs,
    endedMs,
    endedReason,
    share,
    generation,
    keyVersion,
    deliveredMs,
    settled,
    late,
    lateDelivery,
    addressPrefix,
    userAgent,
    cutoffMs,
  ] = row;
  const cutOff: SessionEnd | undefined =
    startedMs < cutoffMs ? { atMs: cutoffMs, reason: 'revoked' } : undefined;
  const ended = endedMs === null || endedReason === null ? cutOff : { atMs: endedMs, reason: endedReason };
  return {
    session: {
      id: typeof id === 'string' ? id : sessionIdFromBytes(id),
      subject,
      clientId,
      delivery,
      remembered: remembered === 1,
      audience: JSON.parse(audience) as string[],
      scope: JSON.parse(scope) as string[],
      amr: JSON.parse(amr) as string[],
      claims: JSON.parse(claims) as JsonObject,
      authenticatedMs,
      startedMs,
      lastRefreshedMs,
      idleExpiresMs,
      absoluteExpiresMs,
      ...(addressPrefix !== null && { addressPrefix }),
      ...(userAgent !== null && { userAgent }),
      ...(ended !== undefined && { ended }),
    },
    chain: { generation, keyVersion, deliveredMs, settled: settled === 1, late, lateDelivery },
    share,
  };
}
