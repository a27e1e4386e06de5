import { asked, changed, type Move, type Scenario } from './move.ts';
import {
  isDelivered,
  lookAt,
  present,
  presentAfter,
  presentToReplica,
  type Answer,
  type Rules,
} from './server.ts';
import { HONEST, isSameRow, NEVER, type Flight, type World } from './world.ts';

type Reading = Extract<Flight, { phase: 'read' }>;

/** What can happen to the refresh of one tab. */
export function flightMoves(world: World, tab: number, scenario: Scenario, rules: Rules): Move[] {
  const flight = world.flights[tab] ?? { phase: 'none' };
  switch (flight.phase) {
    case 'none':
      return [
        changed(world, `tab ${tab} sends its token`, (next) => {
          next.flights[tab] = { phase: 'request', behind: next.memory.behind, age: 0 };
        }),
      ];
    case 'request':
      if (world.restore === 'down') return [lose(world, tab)];
      return [...answers(world, tab, flight.behind, scenario, rules), lose(world, tab)];
    case 'read':
      if (world.restore === 'down') return [lose(world, tab)];
      return [stepAfterReading(world, flight, tab, rules), lose(world, tab)];
    case 'response':
      return [
        changed(world, `the answer reaches tab ${tab}`, (next) => {
          next.memory = { behind: flight.behind, accessAge: flight.accessAge };
          next.flights[tab] = { phase: 'none' };
          // Browsers write in batches: what comes while a write is pending goes along with it.
          next.unsavedAge ||= 1;
        }),
        lose(world, tab),
      ];
  }
}

/** A server that crashes before it has committed has lost the request, and after it the answer. */
function lose(world: World, tab: number): Move {
  return changed(world, `the message of tab ${tab} is lost`, (next) => {
    next.flights[tab] = { phase: 'none' };
  });
}

function answers(world: World, tab: number, behind: number, scenario: Scenario, rules: Rules): Move[] {
  if (scenario.messages === 'interleaved') return [read(world, tab)];
  const presented = { by: HONEST, presented: behind };
  const { replica } = world;
  const moves = [
    asked(world, `the server answers tab ${tab}`, presented, (next) =>
      deliver(next, tab, present(next, behind, HONEST, rules)),
    ),
  ];
  if (replica !== undefined) {
    moves.push(
      asked(world, `the process that reads the replica answers tab ${tab}`, presented, (next) =>
        deliver(next, tab, presentToReplica(next, replica, { behind, by: HONEST }, rules)),
      ),
    );
  }
  return moves;
}

function deliver(world: World, tab: number, answer: Answer): Answer {
  const { behind } = answer;
  world.flights[tab] = isDelivered(answer)
    ? { phase: 'response', behind, accessAge: behind > 0 ? NEVER : 0, age: 0 }
    : { phase: 'none' };
  return answer;
}

function read(world: World, tab: number): Move {
  return changed(world, `a process reads the row for tab ${tab}`, (next) => {
    const flight = next.flights[tab];
    if (flight?.phase !== 'request') return;
    next.flights[tab] = { ...flight, phase: 'read', look: lookAt(next), checked: false };
  });
}

function stepAfterReading(world: World, flight: Reading, tab: number, rules: Rules): Move {
  const { look, behind } = flight;
  if (rules.guard === 'read, then write' && !flight.checked) return checkAfterReading(world, flight, tab);
  const presented = { by: HONEST, presented: behind - look.behind };
  let outcome: Answer | 'conflict' = 'conflict';
  const move = changed(world, `the process of tab ${tab} answers`, (next) => {
    outcome = presentAfter(next, look, { behind, by: HONEST }, rules);
    if (outcome === 'conflict') next.flights[tab] = { phase: 'request', behind, age: flight.age };
    else deliver(next, tab, outcome);
  });
  if (outcome === 'conflict') return { ...move, label: `the process of tab ${tab} finds the row changed` };
  return { ...move, ...presented, answer: outcome };
}

/** What a compare and set makes one with the step, as a statement of its own. */
function checkAfterReading(world: World, { look, behind, age }: Reading, tab: number): Move {
  return changed(world, `the process of tab ${tab} makes sure that the row is what it read`, (next) => {
    const flight = next.flights[tab];
    if (flight?.phase !== 'read') return;
    const isSame = look.behind === 0 && isSameRow(look.row, next.row);
    next.flights[tab] = isSame ? { ...flight, checked: true } : { phase: 'request', behind, age };
  });
}
