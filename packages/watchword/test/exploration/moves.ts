import { flightMoves } from './flights.ts';
import { asked, changed, type Move, type Scenario } from './move.ts';
import { isDelivered, present, presentToReplica, use, type Answer, type Rules } from './server.ts';
import { storeMoves } from './store-moves.ts';
import { save, tick } from './time.ts';
import { HONEST, NEVER, SETTLING_TICKS, THIEF, type Holding, type World } from './world.ts';

/** Everything that can happen next. */
export function movesFrom(world: World, scenario: Scenario, rules: Rules): Move[] {
  if (isOver(world)) return [];
  return [
    tick(world, scenario),
    ...(scenario.messages === 'instant'
      ? instantRefreshes(world, rules)
      : world.flights.flatMap((_, tab) => flightMoves(world, tab, scenario, rules))),
    ...clientMoves(world, scenario, rules),
    ...(scenario.thief ? thiefMoves(world, scenario, rules) : []),
    ...storeMoves(world, scenario),
  ];
}

/** A session that has ended has nothing before it, unless some copy of it lives. */
function isOver({ row, replica, backup }: World): boolean {
  return row.ended && backup === undefined && (replica === undefined || replica.row?.ended === true);
}

interface Server {
  readonly name: string;
  readonly ask: (next: World, behind: number, by: number) => Answer;
}

/** The processes that a refresh may come to. */
function servers({ replica, restore }: World, rules: Rules): Server[] {
  if (restore === 'down') return [];
  const primary = {
    name: '',
    ask: (next: World, behind: number, by: number) => present(next, behind, by, rules),
  };
  if (replica === undefined) return [primary];
  const ask: Server['ask'] = (next, behind, by) => presentToReplica(next, replica, { behind, by }, rules);
  return [primary, { name: ' at the process that reads the replica', ask }];
}

/** An answer that was given late may be of a generation that is the newest no more. */
function given({ behind }: Answer): Holding {
  return { behind, accessAge: behind > 0 ? NEVER : 0 };
}

function instantRefreshes(world: World, rules: Rules): Move[] {
  const presented = world.memory.behind;
  return servers(world, rules).flatMap(({ name, ask }) =>
    [true, false].map((arrives) => {
      const label = `the client refreshes${name}${arrives ? '' : ', and the answer is lost'}`;
      return asked(world, label, { by: HONEST, presented }, (next) => {
        const answer = ask(next, presented, HONEST);
        if (arrives && isDelivered(answer)) next.memory = given(answer);
        return answer;
      });
    }),
  );
}

function clientMoves(world: World, scenario: Scenario, rules: Rules): Move[] {
  const moves: Move[] = [];
  const proof = proofAge(world, world.memory, scenario);
  if (usesMatter(world, proof, rules)) {
    const label =
      scenario.opaque === true ? 'the client shows its opaque id' : 'the client uses its access token';
    moves.push(changed(world, label, (next) => use(next, proof, rules)));
  }
  if (world.unsavedAge > 0) moves.push(changed(world, 'the client saves', save));
  if (world.ghost.crashes < scenario.maxCrashes && world.unsavedAge > 0) {
    moves.push(
      changed(world, 'the client crashes and comes back', (next) => {
        next.memory = { ...next.disk };
        next.unsavedAge = 0;
        next.flights = next.flights.map(() => ({ phase: 'none' }));
        if (Number.isFinite(scenario.maxCrashes)) next.ghost.crashes += 1;
      }),
    );
  }
  return moves;
}

/**
 * For how long, as far as the server can tell, somebody has had what is used: an access token says when it was made, an opaque
 * id, which is the same text each time, only that it is not older than the row says. `NEVER` if it is not of the newest generation.
 */
function proofAge({ row }: World, { behind, accessAge }: Holding, { opaque = false }: Scenario): number {
  if (behind !== 0) return NEVER;
  return opaque ? row.deliveredAge : accessAge;
}

/** Uses that could change neither the row nor the account are left out. */
function usesMatter({ row, ghost, restore }: World, proof: number, rules: Rules): boolean {
  if (row.ended || restore === 'down') return false;
  return (proof > rules.settlesAfter && !row.settled) || (proof > SETTLING_TICKS && !ghost.usedLate);
}

function thiefMoves(world: World, scenario: Scenario, rules: Rules): Move[] {
  const { thief } = world;
  if (thief === undefined) {
    return [
      changed(world, 'the thief copies the client’s tokens', (next) => {
        next.thief = { ...next.memory };
      }),
    ];
  }
  const presented = thief.behind;
  const moves = servers(world, rules).map(({ name, ask }) =>
    asked(world, `the thief presents its token${name}`, { by: THIEF, presented }, (next) => {
      const answer = ask(next, presented, THIEF);
      if (isDelivered(answer)) next.thief = given(answer);
      return answer;
    }),
  );
  const proof = proofAge(world, thief, scenario);
  if (usesMatter(world, proof, rules)) {
    const label =
      scenario.opaque === true ? 'the thief shows its opaque id' : 'the thief uses its access token';
    moves.push(changed(world, label, (next) => use(next, proof, rules)));
  }
  return moves;
}
