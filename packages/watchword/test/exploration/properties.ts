import { HONEST, RACE_WINDOW_TICKS, type World } from './world.ts';
import type { Move } from './moves.ts';

/** Says what is wrong with a move, if anything. */
export type Property = (before: World, move: Move) => string | undefined;

/** The session ends at the fourth late delivery in a row and not before. */
const LATE_DELIVERIES_FORGIVEN = 3;

/** No honest client is convicted, unless four generations in a row were delivered late. */
export const honestStaysIn: Property = ({ ghost, thief }, { by, answer }) => {
  const convicted = by === HONEST && thief === undefined && answer?.outcome === 'reused';
  return convicted && ghost.lateDeliveries < LATE_DELIVERIES_FORGIVEN
    ? `an honest client was signed out after ${ghost.lateDeliveries} late deliveries`
    : undefined;
};

/** However messages overtake each other, an honest client is never more than one generation behind. */
export const honestIsOneBehindAtMost: Property = ({ thief }, { by, presented }) =>
  by === HONEST && thief === undefined && presented !== undefined && presented > 1
    ? 'an honest client is two generations behind'
    : undefined;

/** A generation is rotated to once, and the row never goes back. */
export const oneLineage: Property = (_before, { answer, rowMovedBy }) =>
  answer?.outcome === 'rotated' && rowMovedBy !== undefined && rowMovedBy > 0
    ? 'two calls rotated one generation'
    : undefined;

/** What is reused ends the session. */
export const reuseEndsTheSession: Property = (_before, { answer, world }) =>
  answer?.outcome === 'reused' && !world.row.ended ? 'a token was reused and the session goes on' : undefined;

/** Once the newest generation is known to be in use, its parent convicts. */
export const settledParentConvicts: Property = ({ ghost }, { presented, answer }) =>
  presented === 1 && ghost.usedLate && answer?.outcome !== 'reused'
    ? 'a parent was answered although its successor was in use'
    : undefined;

/** Within the race window means within the race window of the delivery, and not of the last time somebody asked. */
export const windowStandsStill: Property = ({ ghost }, { answer }) =>
  answer?.outcome === 'resent' && ghost.deliveredAge > RACE_WINDOW_TICKS
    ? 'a parent was answered as a race after the race window'
    : undefined;

/** Only the direct parent is ever forgiven. */
export const olderIsReused: Property = (_before, { presented, answer }) =>
  presented !== undefined && presented > 1 && answer?.outcome !== 'reused' && answer?.outcome !== 'ended'
    ? 'a token older than the parent was answered'
    : undefined;

/** Two parties that present tokens more than W apart get through at most three generations of it. */
export const thiefIsCaught: Property = (_before, { world }) =>
  world.ghost.apart > LATE_DELIVERIES_FORGIVEN
    ? `a thief got through ${world.ghost.apart} generations in a row`
    : undefined;

export const PROPERTIES: readonly Property[] = [
  honestStaysIn,
  honestIsOneBehindAtMost,
  oneLineage,
  reuseEndsTheSession,
  settledParentConvicts,
  windowStandsStill,
  olderIsReused,
  thiefIsCaught,
];

export function all(properties: readonly Property[]): Property {
  return (before, move) => {
    for (const property of properties) {
      const what = property(before, move);
      if (what !== undefined) return what;
    }
    return undefined;
  };
}
