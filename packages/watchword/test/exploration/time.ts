import { holdings } from './account.ts';
import { changed, type Move, type Scenario } from './move.ts';
import { NEVER, OLD, RACE_WINDOW_TICKS, type Flight, type World } from './world.ts';

/** Half a race window goes by, or several. Messages that are older are lost; what was to be saved by now is. */
export function tick(world: World, scenario: Scenario): Move {
  const { ticksAtOnce = 1, savesWithinTicks, downTicks = 0 } = scenario;
  const label = ticksAtOnce === 1 ? 'half a race window goes by' : `${ticksAtOnce / 2} race windows go by`;
  return changed(world, label, (next) => {
    for (let count = 0; count < ticksAtOnce; count += 1) pass(next, savesWithinTicks);
    if (next.restore === 'down') next.downFor = Math.min(downTicks, next.downFor + ticksAtOnce);
  });
}

export function save(world: World): void {
  world.disk = { ...world.memory };
  world.unsavedAge = 0;
}

function pass(world: World, savesWithinTicks: number): void {
  const { row, replica, backup, ghost } = world;
  for (const kept of [row, replica?.row, backup?.row]) {
    if (kept !== undefined) kept.deliveredAge = older(kept.deliveredAge);
  }
  if (world.unsavedAge > 0) {
    world.unsavedAge += 1;
    if (world.unsavedAge > savesWithinTicks) save(world);
  }
  for (const holding of holdings(world)) holding.accessAge = older(holding.accessAge);
  world.flights = world.flights.map(olderFlight);
  ghost.deliveredAge = older(ghost.deliveredAge);
  const { newest, parent } = ghost.presented;
  ghost.presented = {
    newest: [apart(newest[0]), apart(newest[1])],
    parent: [apart(parent[0]), apart(parent[1])],
  };
}

function olderFlight(flight: Flight): Flight {
  if (flight.phase === 'none' || flight.age >= 1) return { phase: 'none' };
  const age = flight.age + 1;
  switch (flight.phase) {
    case 'request':
      return { ...flight, age };
    case 'read':
      return { ...flight, age, look: { ...flight.look, age: flight.look.age + 1 } };
    case 'response':
      return { ...flight, age, accessAge: older(flight.accessAge) };
  }
}

/** For what only matters as "within W or not". */
function apart(age: number): number {
  return age === NEVER ? NEVER : Math.min(RACE_WINDOW_TICKS + 1, age + 1);
}

function older(age: number): number {
  return age === NEVER ? NEVER : Math.min(OLD, age + 1);
}
