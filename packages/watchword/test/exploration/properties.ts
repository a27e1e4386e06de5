import type { Move } from './move.ts';
import { isDelivered } from './server.ts';
import { HONEST, RACE_WINDOW_TICKS, type World } from './world.ts';

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

/** A generation is rotated to once. */
export const oneLineage: Property = (_before, { answer }) =>
  answer?.outcome === 'rotated' && answer.look.behind > 0 ? 'two calls rotated one generation' : undefined;

/** Except for a restore. */
export const rowNeverGoesBack: Property = (_before, { answer }) =>
  answer !== undefined && answer.movedBy < 0 ? 'the row went back' : undefined;

/** What is reused ends the session. */
export const reuseEndsTheSession: Property = (_before, { answer, world }) =>
  answer?.outcome === 'reused' && !world.row.ended ? 'a token was reused and the session goes on' : undefined;

/** Once the newest generation is known to be in use, its parent convicts. */
export const settledParentConvicts: Property = (_before, { presented, answer }) =>
  presented === 1 && answer?.look.usedLate === true && isDelivered(answer)
    ? 'a parent was answered although its successor was in use'
    : undefined;

/** Within the race window means within the race window of the delivery, and not of the last time somebody asked. */
export const windowStandsStill: Property = ({ ghost }, { answer }) =>
  answer?.outcome === 'resent' && ghost.deliveredAge - answer.look.age > RACE_WINDOW_TICKS
    ? 'a parent was answered as a race after the race window'
    : undefined;

/** Only the direct parent is ever forgiven. */
export const olderIsReused: Property = (_before, { presented, answer }) =>
  presented !== undefined && presented > 1 && answer !== undefined && isDelivered(answer)
    ? 'a token older than the parent was answered'
    : undefined;

/** Two parties that present tokens more than W apart get through at most three generations of it. */
export const thiefIsCaught: Property = (_before, { world }) =>
  world.ghost.apart > LATE_DELIVERIES_FORGIVEN
    ? `a thief got through ${world.ghost.apart} generations in a row`
    : undefined;

/** Nobody is given tokens of a session that had ended when the primary was looked at. */
export const endIsTheEnd: Property = ({ row }, { answer }) =>
  row.ended && answer !== undefined && isDelivered(answer)
    ? 'tokens were given out after the session had ended'
    : undefined;

/** Every presentation is answered, and a session that lives is not unknown. */
export const everybodyIsAnswered: Property = (_before, { answer }) => {
  if (answer?.outcome === 'overloaded') return 'a refresh could not see what it had lost its race to';
  return answer?.outcome === 'unknown' ? 'a client was told that nobody knows its session' : undefined;
};

/** `ahead` is an alarm: it is raised only if the store has really lost what it had acknowledged. */
export const alarmsAreTrue: Property = ({ restore }, { answer }) =>
  answer?.outcome === 'ahead' && restore === 'none'
    ? 'it was said that the store had lost writes, and it had not'
    : undefined;

/** To know more than the store is no offence. */
export const aheadIsNoOffence: Property = (_before, { presented, answer }) =>
  presented !== undefined && presented < 0 && answer?.outcome === 'reused'
    ? 'a client was convicted for what the store has lost'
    : undefined;

/** A row moves forward only while an operator accepts the restore. */
export const acceptanceEnds: Property = ({ restore }, { answer }) =>
  answer?.outcome === 'moved_forward' && restore !== 'accepted'
    ? 'a row was moved forward although nobody accepts it'
    : undefined;

/** While a restore is accepted, an honest client whose session lives is given tokens, whatever was lost. */
export const acceptanceHelps: Property = ({ restore, row, thief }, { by, answer }) =>
  by === HONEST && restore === 'accepted' && !row.ended && thief === undefined && answer?.outcome === 'ahead'
    ? 'an honest client was not answered although the restore is accepted'
    : undefined;

export const PROPERTIES: readonly Property[] = [
  honestStaysIn,
  honestIsOneBehindAtMost,
  oneLineage,
  rowNeverGoesBack,
  reuseEndsTheSession,
  settledParentConvicts,
  windowStandsStill,
  olderIsReused,
  thiefIsCaught,
  endIsTheEnd,
  everybodyIsAnswered,
  alarmsAreTrue,
  aheadIsNoOffence,
  acceptanceEnds,
  acceptanceHelps,
];

/** Not promised: a revocation is lost with the writes that the store loses. */
export const revocationOutlivesRestore: Property = ({ row }, { world }) =>
  row.ended && !world.row.ended ? 'a session that had ended is live again' : undefined;

export function all(properties: readonly Property[]): Property {
  return (before, move) => {
    for (const property of properties) {
      const what = property(before, move);
      if (what !== undefined) return what;
    }
    return undefined;
  };
}
