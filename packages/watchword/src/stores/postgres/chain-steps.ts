import type { SessionId } from '../../domain/ids.ts';
import type { ChainState } from '../../domain/refresh-chain.ts';
import type { ChainStep, SessionStore } from '../../ports/store/session-store.ts';
import { assertStorable } from '../storable-text.ts';
import type { PostgresAccess } from './access.ts';
import { plainArray, textArray } from './array-literals.ts';
import { createBatches } from './batches.ts';
import type { Parameter } from './connections.ts';
import { cutoffOf } from './session-rows.ts';

const CHAIN_FIELDS = ['generation', 'keyVersion', 'deliveredMs', 'settled', 'late', 'lateDelivery'] as const;

/**
 * All steps of a batch in one statement, and therefore atomic each by itself: compare, check the cut-offs, and set. Steps come in the
 * order of their ids, and so are rows locked wherever they are found by index, which is where there are many: batches of several
 * processes do not wait for each other in a circle. Where they do, one is told so and tries again. To lock them in order by a
 * query before took a third of the server's time.
 */
const advanceStatement = (access: PostgresAccess): string => `
  UPDATE ${access.schema}.sessions SET
    generation = step.generation, key_version = step.key_version, delivered_ms = step.delivered_ms,
    settled = step.settled, late = step.late, late_delivery = step.late_delivery,
    last_refreshed_ms = step.last_refreshed_ms, idle_expires_ms = step.idle_expires_ms,
    address_prefix = CASE WHEN step.moves THEN step.address_prefix ELSE sessions.address_prefix END,
    user_agent = CASE WHEN step.moves THEN step.user_agent ELSE sessions.user_agent END
  FROM unnest(
    $1::uuid[],
    $2::bigint[], $3::smallint[], $4::bigint[], $5::smallint[], $6::smallint[], $7::text[],
    $8::bigint[], $9::smallint[], $10::bigint[], $11::smallint[], $12::smallint[], $13::text[],
    $14::bigint[], $15::bigint[], $16::boolean[], $17::text[], $18::text[]
  ) AS step (
    id,
    was_generation, was_key_version, was_delivered_ms, was_settled, was_late, was_late_delivery,
    generation, key_version, delivered_ms, settled, late, late_delivery,
    last_refreshed_ms, idle_expires_ms, moves, address_prefix, user_agent)
  WHERE sessions.id = step.id
    AND sessions.generation = was_generation AND sessions.key_version = was_key_version
    AND sessions.delivered_ms = was_delivered_ms AND sessions.settled = was_settled
    AND sessions.late = was_late AND sessions.late_delivery = was_late_delivery
    AND sessions.ended_ms IS NULL AND sessions.started_ms >= ${cutoffOf(access)}
  RETURNING sessions.id`;

const settleStatement = (access: PostgresAccess): string => `
  WITH locked AS MATERIALIZED (
    SELECT sessions.id AS locked_id
    FROM unnest($1::uuid[], $2::bigint[]) AS wanted (id, generation)
    JOIN ${access.schema}.sessions ON sessions.id = wanted.id
    WHERE sessions.generation = wanted.generation AND settled = 0 AND ended_ms IS NULL
      AND started_ms >= ${cutoffOf(access)}
    ORDER BY sessions.id
    FOR NO KEY UPDATE OF sessions
  )
  UPDATE ${access.schema}.sessions SET settled = 1 FROM locked WHERE sessions.id = locked.locked_id
  RETURNING sessions.id`;

interface Settling {
  readonly id: SessionId;
  readonly generation: number;
}

interface IdRow {
  readonly id: SessionId;
}

export function createChainSteps(access: PostgresAccess): Pick<SessionStore, 'advance' | 'settle'> {
  const { context, turns } = access;
  const advanceText = advanceStatement(access);
  const settleText = settleStatement(access);

  const advance = createBatches<ChainStep, 'advanced' | 'conflict'>(context, turns, {
    keyOf: ({ sessionId }) => sessionId,
    run: async (steps) => {
      const rows = await turns.begun.once((connection) =>
        connection.query<IdRow>(advanceText, stepParameters(steps.toSorted(byId))),
      );
      const advanced = new Set(rows.map(({ id }) => id));
      return steps.map(({ sessionId }) => (advanced.has(sessionId) ? 'advanced' : 'conflict'));
    },
  });

  const settle = createBatches<Settling, boolean>(context, turns, {
    keyOf: ({ id }) => id,
    run: async (wanted) => {
      const ids = plainArray(wanted.map(({ id }) => id));
      const generations = plainArray(wanted.map(({ generation }) => generation));
      const rows = await turns.begun.once((connection) =>
        connection.query<IdRow>(settleText, [ids, generations]),
      );
      const settled = new Set(rows.map(({ id }) => id));
      return wanted.map(({ id }) => settled.has(id));
    },
  });

  return {
    advance: async (step) => {
      assertStorable(step.place?.addressPrefix ?? '', 'The address of a session');
      assertStorable(step.place?.userAgent ?? '', 'The user agent of a session');
      return advance(step);
    },
    settle: (id, generation) => settle({ id, generation }),
  };
}

function byId(a: ChainStep, b: ChainStep): number {
  return a.sessionId < b.sessionId ? -1 : 1;
}

function stepParameters(steps: readonly ChainStep[]): readonly Parameter[] {
  const columnOf = (valueOf: (step: ChainStep) => string | number): string => plainArray(steps.map(valueOf));
  return [
    columnOf(({ sessionId }) => sessionId),
    ...CHAIN_FIELDS.map((field) => columnOf(({ expected }) => chainValue(expected, field))),
    ...CHAIN_FIELDS.map((field) => columnOf(({ next }) => chainValue(next, field))),
    columnOf(({ lastRefreshedMs }) => lastRefreshedMs),
    columnOf(({ idleExpiresMs }) => idleExpiresMs),
    columnOf(({ place }) => (place === undefined ? 'f' : 't')),
    textArray(steps.map(({ place }) => place?.addressPrefix ?? null)),
    textArray(steps.map(({ place }) => place?.userAgent ?? null)),
  ];
}

function chainValue(chain: ChainState, field: (typeof CHAIN_FIELDS)[number]): string | number {
  const value = chain[field];
  return typeof value === 'boolean' ? Number(value) : value;
}
