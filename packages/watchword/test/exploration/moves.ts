import { present, stepFrom, use, type Answer, type Rules } from './server.ts';
import {
  HONEST,
  NEVER,
  OLD,
  RACE_WINDOW_TICKS,
  SETTLING_TICKS,
  THIEF,
  type Flight,
  type Holding,
  type Row,
  type World,
} from './world.ts';

/** What happens in the world that is explored. */
export interface Scenario {
  readonly name: string;
  /** Tabs that share one cookie jar; 1 is a mobile client. */
  readonly tabs: number;
  /** The most ticks until what is in memory is on disk. */
  readonly savesWithinTicks: number;
  readonly maxCrashes: number;
  readonly thief: boolean;
  /**
   * `slow`: requests and answers take time and may overtake each other. `interleaved`: server processes may also do
   * things between another's look at the row and its step. `instant`: a refresh is one move, answered or with its answer lost.
   */
  readonly messages: 'slow' | 'interleaved' | 'instant';
}

export interface Move {
  readonly label: string;
  readonly world: World;
  /** What the server answered, where it was asked, and to whom. */
  readonly answer?: Answer;
  readonly by?: number;
  /** How far behind the newest the presented token was. */
  readonly presented?: number;
  /** How many generations the row had moved since the process that stepped it read it. */
  readonly rowMovedBy?: number;
}

/** Everything that can happen next. */
export function movesFrom(world: World, scenario: Scenario, rules: Rules): Move[] {
  if (world.row.ended) return [];
  return [
    tick(world, scenario),
    ...(scenario.messages === 'instant'
      ? instantRefreshes(world, rules)
      : world.flights.flatMap((flight, tab) => flightMoves(world, flight, tab, scenario, rules))),
    ...clientMoves(world, scenario, rules),
    ...(scenario.thief ? thiefMoves(world, rules) : []),
  ];
}

function instantRefreshes(world: World, rules: Rules): Move[] {
  const presented = world.memory.behind;
  return [true, false].map((arrives) =>
    asked(
      world,
      `the client refreshes${arrives ? '' : ', and the answer is lost'}`,
      HONEST,
      presented,
      (next) => {
        const answer = present(next, presented, HONEST, rules);
        if (arrives && isDelivered(answer)) next.memory = { behind: answer.behind, accessAge: 0 };
        return answer;
      },
    ),
  );
}

function flightMoves(world: World, flight: Flight, tab: number, scenario: Scenario, rules: Rules): Move[] {
  switch (flight.phase) {
    case 'none':
      return [
        changed(world, `tab ${tab} sends its token`, (next) => {
          next.flights[tab] = { phase: 'request', behind: next.memory.behind, age: 0 };
        }),
      ];
    case 'request':
      return [
        scenario.messages === 'interleaved'
          ? changed(world, `a process reads the row for tab ${tab}`, (next) => {
              next.flights[tab] = { ...flight, phase: 'read', seen: { ...next.row }, rowBehind: 0 };
            })
          : answerTab(world, tab, world.row, flight.behind, rules),
        lose(world, tab),
      ];
    case 'read':
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

function answerTab(world: World, tab: number, seen: Row, behind: number, rules: Rules): Move {
  return asked(world, `the server answers tab ${tab}`, HONEST, behind, (next) => {
    const answer = stepFrom(next, seen === world.row ? next.row : seen, behind, HONEST, rules);
    next.flights[tab] = isDelivered(answer)
      ? { phase: 'response', behind: answer.behind, accessAge: 0, age: 0 }
      : { phase: 'none' };
    return answer;
  });
}

function stepAfterReading(
  world: World,
  flight: Extract<Flight, { phase: 'read' }>,
  tab: number,
  rules: Rules,
): Move {
  const { seen, rowBehind, behind, age } = flight;
  const unchanged = rowBehind === 0 && JSON.stringify(seen) === JSON.stringify(world.row);
  if (rules.guarded && !unchanged) {
    return changed(world, `the process of tab ${tab} finds the row changed`, (next) => {
      next.flights[tab] = { phase: 'request', behind, age };
    });
  }
  return { ...answerTab(world, tab, seen, behind - rowBehind, rules), rowMovedBy: rowBehind };
}

function lose(world: World, tab: number): Move {
  return changed(world, `the message of tab ${tab} is lost`, (next) => {
    next.flights[tab] = { phase: 'none' };
  });
}

function clientMoves(world: World, scenario: Scenario, rules: Rules): Move[] {
  const moves: Move[] = [];
  if (usesMatter(world, world.memory, rules)) {
    moves.push(
      changed(world, 'the client uses its access token', (next) => use(next, next.memory.accessAge, rules)),
    );
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

/** Uses that could change neither the row nor the account are left out. */
function usesMatter({ row, ghost }: World, { accessAge }: Holding, rules: Rules): boolean {
  return (accessAge > rules.settlesAfter && !row.settled) || (accessAge > SETTLING_TICKS && !ghost.usedLate);
}

function save(world: World): void {
  world.disk = { ...world.memory };
  world.unsavedAge = 0;
}

function thiefMoves(world: World, rules: Rules): Move[] {
  const { thief } = world;
  if (thief === undefined) {
    return [
      changed(world, 'the thief copies the client’s tokens', (next) => {
        next.thief = { ...next.memory };
      }),
    ];
  }
  const moves: Move[] = [];
  const presented = thief.behind;
  moves.push(
    asked(world, 'the thief presents its token', THIEF, presented, (next) => {
      const answer = present(next, presented, THIEF, rules);
      if (isDelivered(answer)) next.thief = { behind: answer.behind, accessAge: 0 };
      return answer;
    }),
  );
  if (usesMatter(world, thief, rules)) {
    moves.push(
      changed(world, 'the thief uses its access token', (next) => use(next, thief.accessAge, rules)),
    );
  }
  return moves;
}

function isDelivered({ outcome }: Answer): boolean {
  return outcome === 'rotated' || outcome === 'current' || outcome === 'resent' || outcome === 'resent_late';
}

/** Half a race window goes by. Messages that are older are lost; what was to be saved by now is. */
function tick(world: World, scenario: Scenario): Move {
  return changed(world, 'half a race window goes by', (next) => {
    next.row.deliveredAge = older(next.row.deliveredAge);
    if (next.unsavedAge > 0) {
      next.unsavedAge += 1;
      if (next.unsavedAge > scenario.savesWithinTicks) save(next);
    }
    for (const holding of holdings(next)) holding.accessAge = older(holding.accessAge);
    next.flights = next.flights.map((flight) => {
      if (flight.phase === 'none' || flight.age >= 1) return { phase: 'none' };
      const aged = { ...flight, age: flight.age + 1 };
      return aged.phase === 'response' ? { ...aged, accessAge: older(aged.accessAge) } : aged;
    });
    next.ghost.deliveredAge = older(next.ghost.deliveredAge);
    const { newest, parent } = next.ghost.presented;
    next.ghost.presented = {
      newest: [apart(newest[0]), apart(newest[1])],
      parent: [apart(parent[0]), apart(parent[1])],
    };
  });
}

function holdings(world: World): Holding[] {
  return world.thief === undefined ? [world.memory, world.disk] : [world.memory, world.disk, world.thief];
}

/** For what only matters as "within W or not". */
function apart(age: number): number {
  return age === NEVER ? NEVER : Math.min(RACE_WINDOW_TICKS + 1, age + 1);
}

function older(age: number): number {
  return age === NEVER ? NEVER : Math.min(OLD, age + 1);
}

/** A move in which the server is asked. */
function asked(
  world: World,
  label: string,
  by: number,
  presented: number,
  ask: (next: World) => Answer,
): Move {
  let answer: Answer | undefined;
  const move = changed(world, label, (next) => {
    answer = ask(next);
  });
  return { ...move, by, presented, ...(answer !== undefined && { answer }) };
}

function changed(world: World, label: string, change: (next: World) => void): Move {
  const next: World = {
    row: { ...world.row },
    memory: { ...world.memory },
    disk: { ...world.disk },
    unsavedAge: world.unsavedAge,
    flights: world.flights.map((flight) => ({ ...flight })),
    thief: world.thief && { ...world.thief },
    ghost: {
      ...world.ghost,
      presented: { newest: [...world.ghost.presented.newest], parent: [...world.ghost.presented.parent] },
    },
  };
  change(next);
  return { label, world: next };
}
