import type { ChainState, judgeRefresh } from '../../src/domain/refresh-chain.ts';
import { epochMs } from '../../src/domain/time.ts';
import {
  FAR_BEHIND,
  HONEST,
  NEVER,
  OLD,
  RACE_WINDOW_TICKS,
  SETTLING_TICKS,
  THIEF,
  type Row,
  type World,
} from './world.ts';

/** The parts of the engine that mutants replace. */
export interface Rules {
  readonly judge: typeof judgeRefresh;
  /** Whether a step is made only if the row is still what was read. */
  readonly guarded: boolean;
  /** An access token's use settles when it is older than this, in ticks. */
  readonly settlesAfter: number;
  /** Whether reuse ends the session. */
  readonly revokes: boolean;
}

/** A generation far enough from 0 for every token that can be presented. */
const GENERATION = 100;
const LATE_DELIVERIES_COUNTED = 5;
const NOW = epochMs(1_000_000);

function chainOf(row: Row): ChainState {
  return {
    generation: GENERATION,
    keyVersion: 1,
    deliveredMs: epochMs(NOW - row.deliveredAge),
    settled: row.settled,
    late: row.late,
    lateDelivery: row.lateDelivery,
  };
}

export interface Answer {
  readonly outcome: ReturnType<typeof judgeRefresh>['outcome'] | 'ended';
  /** How far the token that is given lies behind the newest, after the step. */
  readonly behind: number;
}

/** Presents the token that lies `behind` the newest, and steps the row: one process, one statement. */
export function present(world: World, behind: number, by: number, rules: Rules): Answer {
  return stepFrom(world, world.row, behind, by, rules);
}

/**
 * Steps the row by what was read of it, `seen`, of whose newest generation the token lies `behind`. A guarded process has
 * made sure that nothing has changed since.
 */
export function stepFrom(world: World, seen: Row, behind: number, by: number, rules: Rules): Answer {
  const { row } = world;
  if (seen.ended) return { outcome: 'ended', behind };
  const verdict = rules.judge(
    chainOf(seen),
    { generation: GENERATION - behind, nowMs: NOW, newestKeyVersion: 1 },
    { rotation: 'resilient', raceWindowMs: RACE_WINDOW_TICKS },
  );
  notePresentation(world, behind, by, verdict.outcome);
  switch (verdict.outcome) {
    case 'reused':
      if (rules.revokes) row.ended = true;
      return { outcome: 'reused', behind };
    case 'rotated':
      stepRow(row, verdict.next);
      ageGeneration(world);
      return { outcome: 'rotated', behind: 0 };
    case 'current':
    case 'resent':
    case 'resent_late':
      if ('next' in verdict && verdict.next !== undefined) stepRow(row, verdict.next);
      return { outcome: verdict.outcome, behind: 0 };
    case 'ahead':
      return { outcome: 'ahead', behind };
  }
}

/** An access token of the newest generation is used. */
export function use(world: World, accessAge: number, rules: Rules): void {
  if (accessAge > rules.settlesAfter) world.row.settled = true;
  if (accessAge > SETTLING_TICKS) world.ghost.usedLate = true;
}

export function stepRow(row: Row, next: ChainState): void {
  row.deliveredAge = Math.min(OLD, NOW - next.deliveredMs);
  row.settled = next.settled;
  row.late = next.late;
  row.lateDelivery = next.lateDelivery;
}

/** A generation was added: every token lies one further behind. */
function ageGeneration(world: World): void {
  const { memory, disk, thief, flights, ghost } = world;
  for (const holding of [memory, disk, ...(thief === undefined ? [] : [thief])]) {
    holding.behind = Math.min(FAR_BEHIND, holding.behind + 1);
    holding.accessAge = NEVER;
  }
  for (const flight of flights) {
    if (flight.phase === 'none') continue;
    flight.behind = Math.min(FAR_BEHIND, flight.behind + 1);
    if (flight.phase === 'response') flight.accessAge = NEVER;
    if (flight.phase === 'read') flight.rowBehind = Math.min(FAR_BEHIND, flight.rowBehind + 1);
  }
  ghost.deliveredAge = 0;
  ghost.usedLate = false;
  if (!ghost.newestWasLate) ghost.lateDeliveries = 0;
  ghost.newestWasLate = false;
  if (!ghost.newestApart) ghost.apart = 0;
  ghost.newestApart = false;
  ghost.presented = { newest: [NEVER, NEVER], parent: ghost.presented.newest };
}

/** Keeps the ghost's account of who presented what when. */
function notePresentation({ ghost, thief }: World, behind: number, by: number, outcome: string): void {
  if (outcome === 'resent_late') {
    ghost.lateDeliveries = Math.min(LATE_DELIVERIES_COUNTED, ghost.lateDeliveries + 1);
    ghost.newestWasLate = true;
    ghost.deliveredAge = 0;
  }
  if (thief === undefined) return;
  const ages = behind === 0 ? ghost.presented.newest : behind === 1 ? ghost.presented.parent : undefined;
  if (ages === undefined || outcome === 'reused') return;
  const other = ages[by === HONEST ? THIEF : HONEST] ?? NEVER;
  // A parent that the other party presented long ago, answered as if its answer had been lost: one token, two parties.
  if (outcome === 'resent_late' && other > RACE_WINDOW_TICKS && !ghost.newestApart) {
    ghost.newestApart = true;
    ghost.apart += 1;
  }
  ages[by] = 0;
}
