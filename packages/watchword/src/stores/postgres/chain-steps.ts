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
 * query before took a third of the server's time. Only the ids become rows: to make rows of all columns took another.
 */
const advanceStatement = (access: PostgresAccess): string => `
  UPDATE ${access.schema}.sessions SET
    generation = ($8::bigint[])[i], key_version = ($9::smallint[])[i], delivered_ms = ($10::bigint[])[i],
    settled = ($11::smallint[])[i], late = ($12::smallint[])[i], late_delivery = ($13::text[])[i],
    last_refreshed_ms = ($14::bigint[])[i], idle_expires_ms = ($15::bigint[])[i],
    address_prefix = CASE WHEN ($16::boolean[])[i] THEN ($17::text[])[i] ELSE sessions.address_prefix END,
    user_agent = CASE WHEN ($16::boolean[])[i] THEN ($18::text[])[i] ELSE sessions.user_agent END
  FROM unnest($1::uuid[]) WITH ORDINALITY AS step (id, i)
  WHERE sessions.id = step.id
    AND sessions.generation = ($2::bigint[])[i] AND sessions.key_version = ($3::smallint[])[i]
    AND sessions.delivered_ms = ($4::bigint[])[i] AND sessions.settled = ($5::smallint[])[i]
    AND sessions.late = ($6::smallint[])[i] AND sessions.late_delivery = ($7::text[])[i]
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

type IdRow = readonly [id: SessionId];

export function createChainSteps(access: PostgresAccess): Pick<SessionStore, 'advance' | 'settle'> {
  const { context, turns } = access;
  const advanceText = advanceStatement(access);
  const settleText = settleStatement(access);

  const advance = createBatches<ChainStep, 'advanced' | 'conflict'>(context, turns, {
    keyOf: ({ sessionId }) => sessionId,
    run: async (steps) => {
      const rows = await turns.begun.once((connection) =>
        connection.queryPrepared<IdRow>(advanceText, stepParameters(steps.toSorted(byId))),
      );
      const advanced = new Set(rows.map(([id]) => id));
      return steps.map(({ sessionId }) => (advanced.has(sessionId) ? 'advanced' : 'conflict'));
    },
  });

  const settle = createBatches<Settling, boolean>(context, turns, {
    keyOf: ({ id }) => id,
    run: async (wanted) => {
      const ids = plainArray(wanted.map(({ id }) => id));
      const generations = plainArray(wanted.map(({ generation }) => generation));
      const rows = await turns.begun.once((connection) =>
        connection.queryPrepared<IdRow>(settleText, [ids, generations]),
      );
      const settled = new Set(rows.map(([id]) => id));
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
