import {
  FAR_BEHIND,
  HONEST,
  NEVER,
  RACE_WINDOW_TICKS,
  THIEF,
  type Holding,
  type Row,
  type World,
} from './world.ts';

/* What a world keeps account of besides the row: who holds what, counted from the newest generation, and what happened. */

const LATE_DELIVERIES_COUNTED = 5;

/** The row has moved on by so many generations: every token lies that much further behind. */
export function moveOn(world: World, generations: number, lookAge: number): void {
  const { ghost } = world;
  shift(world, generations);
  keepWithinReach(world);
  ghost.deliveredAge = lookAge;
  ghost.usedLate = false;
  if (!ghost.newestWasLate) ghost.lateDeliveries = 0;
  ghost.newestWasLate = false;
  if (!ghost.newestApart) ghost.apart = 0;
  ghost.newestApart = false;
  const { newest } = ghost.presented;
  ghost.presented = { newest: [NEVER, NEVER], parent: generations === 1 ? newest : [NEVER, NEVER] };
}

/** The row is what it was at some earlier time, and nobody else is. */
export function rollBack(world: World, row: Row, generations: number): void {
  world.row = { ...row };
  world.backup = undefined;
  shift(world, -generations);
  const { ghost } = world;
  ghost.deliveredAge = row.deliveredAge;
  ghost.usedLate = row.settled;
  ghost.lateDeliveries = row.late;
  ghost.newestWasLate = row.lateDelivery !== 'none';
  forgetMeetings(world);
}

/** Tokens further behind than anything can tell apart count as equally old; so do copies. */
export function keepWithinReach(world: World): void {
  const { replica, backup, reach, row } = world;
  if (backup !== undefined && backup.behind > reach) world.backup = undefined;
  if (replica !== undefined && replica.behind > reach) world.replica = { row: { ...row }, behind: 0 };
  const copies = Math.max(world.replica?.behind ?? 0, world.backup?.behind ?? 0);
  const revivable = world.backup?.behind ?? 0;
  for (const holding of holdings(world)) settleHolding(holding, FAR_BEHIND + copies, revivable);
  for (const flight of world.flights) {
    if (flight.phase === 'none') continue;
    if (flight.phase === 'response') settleHolding(flight, FAR_BEHIND + copies, revivable);
    flight.behind = Math.min(FAR_BEHIND + copies, flight.behind);
    if (flight.phase === 'read') flight.look.behind = Math.min(FAR_BEHIND + copies, flight.look.behind);
  }
}

export function holdings({ memory, disk, thief }: World): Holding[] {
  return thief === undefined ? [memory, disk] : [memory, disk, thief];
}

/** An access token of a generation that will never be the newest again settles nothing. */
function settleHolding(holding: Holding, furthest: number, revivable: number): void {
  holding.behind = Math.min(furthest, holding.behind);
  if (holding.behind > revivable) holding.accessAge = NEVER;
}

function shift(world: World, generations: number): void {
  for (const holding of holdings(world)) holding.behind += generations;
  for (const flight of world.flights) {
    if (flight.phase === 'none') continue;
    flight.behind += generations;
    if (flight.phase === 'read') flight.look.behind += generations;
  }
  if (world.replica !== undefined) world.replica.behind += generations;
  if (world.backup !== undefined) world.backup.behind += generations;
}

/** Keeps the account of who presented what when. */
export function notePresentation({ ghost, thief }: World, behind: number, by: number, outcome: string): void {
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

export function noteLateDelivery({ ghost }: World, lookAge: number): void {
  ghost.lateDeliveries = Math.min(LATE_DELIVERIES_COUNTED, ghost.lateDeliveries + 1);
  ghost.newestWasLate = true;
  ghost.deliveredAge = lookAge;
}

/** What a row has been moved forward to is a new beginning: late deliveries before it are forgotten. */
export function noteRecovery(world: World, by: number): void {
  world.ghost.lateDeliveries = 0;
  forgetMeetings(world);
  if (world.thief !== undefined) world.ghost.presented.newest[by] = 0;
}

function forgetMeetings({ ghost }: World): void {
  ghost.presented = { newest: [NEVER, NEVER], parent: [NEVER, NEVER] };
  ghost.apart = 0;
  ghost.newestApart = false;
}
