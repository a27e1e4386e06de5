import type { ChainState } from '../../src/domain/refresh-chain.ts';

/*
 * The world in which the refresh chain is explored, made finite: time goes in ticks of half a race window, ages stop
 * growing once they exceed the settling time, and tokens are told apart by how many generations they lie behind the newest.
 */

/** W, in ticks: a message that lives longer than one tick (W/2) is lost. */
export const RACE_WINDOW_TICKS = 2;
export const SETTLING_TICKS = 4 * RACE_WINDOW_TICKS;
/** Older than everything that matters. */
export const OLD = SETTLING_TICKS + 1;
/** Two generations behind, or more: the table does not tell them apart. */
export const FAR_BEHIND = 2;
export const NEVER = -1;

/** The row. Its generation is not kept: tokens are counted from it. */
export interface Row {
  deliveredAge: number;
  settled: boolean;
  late: number;
  lateDelivery: ChainState['lateDelivery'];
  ended: boolean;
}

/** What a holder has: a refresh token, and the age of its access token if that one is of the newest generation. */
export interface Holding {
  behind: number;
  /** `NEVER` if the access token is of an older generation, which settles nothing. */
  accessAge: number;
}

/** One refresh on its way. `read` is what a server process saw of the row before it steps it. */
export type Flight =
  | { phase: 'none' }
  | { phase: 'request'; behind: number; age: number }
  | { phase: 'read'; behind: number; age: number; seen: Row; rowBehind: number }
  | { phase: 'response'; behind: number; accessAge: number; age: number };

export interface World {
  row: Row;
  /** What the client holds in memory, and what it would come back with after a crash. */
  memory: Holding;
  disk: Holding;
  /** Ticks since memory and disk differ; 0 while they are the same. */
  unsavedAge: number;
  flights: Flight[];
  thief: Holding | undefined;
  ghost: Ghost;
}

/** What the properties speak of: an account of what happened that the row has no part in. */
export interface Ghost {
  /** Ticks since the newest generation was really delivered: rotated to, or resent late. */
  deliveredAge: number;
  /** Whether an access token of the newest generation was used when it was older than the settling time. */
  usedLate: boolean;
  /** Late deliveries in a row, as the client lives through them. */
  lateDeliveries: number;
  newestWasLate: boolean;
  /** Ticks since the honest client and the thief last presented the newest token, and its parent, while both have one. */
  presented: { newest: [number, number]; parent: [number, number] };
  /** Generations in a row in which the two presented one token more than W apart and nobody was caught. */
  apart: number;
  newestApart: boolean;
  crashes: number;
}

export const HONEST = 0;
export const THIEF = 1;

export function firstWorld(tabs: number): World {
  const first: Holding = { behind: 0, accessAge: 0 };
  return {
    row: { deliveredAge: OLD, settled: false, late: 0, lateDelivery: 'none', ended: false },
    memory: { ...first },
    disk: { ...first },
    unsavedAge: 0,
    flights: Array.from({ length: tabs }, () => ({ phase: 'none' }) as Flight),
    thief: undefined,
    ghost: {
      deliveredAge: OLD,
      usedLate: false,
      lateDeliveries: 0,
      newestWasLate: false,
      presented: { newest: [NEVER, NEVER], parent: [NEVER, NEVER] },
      apart: 0,
      newestApart: false,
      crashes: 0,
    },
  };
}

/** Equal worlds have equal keys. Tabs are interchangeable, so their order does not count. */
export function worldKey({ row, memory, disk, unsavedAge, flights, thief, ghost }: World): string {
  const { newest, parent } = ghost.presented;
  return [
    rowKey(row),
    holdingKey(memory),
    holdingKey(disk),
    unsavedAge,
    flights.map(flightKey).sort().join('|'),
    thief === undefined ? '' : holdingKey(thief),
    `${ghost.deliveredAge}${ghost.usedLate ? 'u' : ''}${ghost.newestWasLate ? 'l' : ''}${ghost.newestApart ? 'a' : ''}`,
    `${ghost.lateDeliveries}${ghost.apart}${ghost.crashes}`,
    newest.join(),
    parent.join(),
  ].join(';');
}

function rowKey(row: Row): string {
  return `${row.deliveredAge},${row.settled ? 1 : 0}${row.late}${row.lateDelivery[0]}${row.ended ? 'x' : ''}`;
}

function holdingKey({ behind, accessAge }: Holding): string {
  return `${behind},${accessAge}`;
}

function flightKey(flight: Flight): string {
  switch (flight.phase) {
    case 'none':
      return '';
    case 'request':
      return `q${flight.behind}${flight.age}`;
    case 'read':
      return `d${flight.behind}${flight.age}${flight.rowBehind}${rowKey(flight.seen)}`;
    case 'response':
      return `p${flight.behind}${flight.age}${flight.accessAge}`;
  }
}
