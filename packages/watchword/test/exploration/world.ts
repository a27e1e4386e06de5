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

/** What a server process saw of the row. */
export interface Look {
  readonly row: Row;
  /** How many generations the row has moved on since. */
  behind: number;
  /** Ticks since. */
  age: number;
  /** Whether an access token of its newest generation had been used by then, as `Ghost` has it. */
  readonly usedLate: boolean;
}

/** One refresh on its way. In `read` a server process has looked at the row and not stepped it yet. */
export type Flight =
  | { phase: 'none' }
  | { phase: 'request'; behind: number; age: number }
  | { phase: 'read'; behind: number; age: number; look: Look; checked: boolean }
  | { phase: 'response'; behind: number; accessAge: number; age: number };

/** The row as it once was: in a replica that lags, or in a backup. */
export interface Copy {
  /** `undefined` in a replica that does not have the session yet. */
  row: Row | undefined;
  /** How many generations the row has moved on since. */
  behind: number;
}

export interface World {
  row: Row;
  /** What the client holds in memory, and what it would come back with after a crash. */
  memory: Holding;
  disk: Holding;
  /** Ticks since memory and disk differ; 0 while they are the same. */
  unsavedAge: number;
  flights: Flight[];
  thief: Holding | undefined;
  replica: Copy | undefined;
  backup: Copy | undefined;
  restore: 'none' | 'down' | 'restored' | 'accepted' | 'over';
  /** Ticks since the store failed that is to be restored: until then nobody is answered. */
  downFor: number;
  /** The most generations by which a copy may lie behind: an older replica catches up, an older backup is thrown away. */
  readonly reach: number;
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

/** What a scenario says about how it begins. */
export interface Beginning {
  readonly tabs: number;
  readonly replica?: boolean;
  readonly reach?: number;
}

export function firstWorld({ tabs, replica = false, reach = 0 }: Beginning): World {
  const first: Holding = { behind: 0, accessAge: 0 };
  return {
    row: { deliveredAge: OLD, settled: false, late: 0, lateDelivery: 'none', ended: false },
    memory: { ...first },
    disk: { ...first },
    unsavedAge: 0,
    flights: Array.from({ length: tabs }, () => ({ phase: 'none' }) as Flight),
    thief: undefined,
    replica: replica ? { row: undefined, behind: 0 } : undefined,
    backup: undefined,
    restore: 'none',
    downFor: 0,
    reach,
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

export function copyOf(world: World): World {
  const { ghost } = world;
  return {
    row: { ...world.row },
    memory: { ...world.memory },
    disk: { ...world.disk },
    unsavedAge: world.unsavedAge,
    flights: world.flights.map((flight) =>
      flight.phase === 'read' ? { ...flight, look: { ...flight.look } } : { ...flight },
    ),
    thief: world.thief && { ...world.thief },
    replica: world.replica && copyOfCopy(world.replica),
    backup: world.backup && copyOfCopy(world.backup),
    restore: world.restore,
    downFor: world.downFor,
    reach: world.reach,
    ghost: {
      ...ghost,
      presented: { newest: [...ghost.presented.newest], parent: [...ghost.presented.parent] },
    },
  };
}

function copyOfCopy({ row, behind }: Copy): Copy {
  return { row: row && { ...row }, behind };
}

/**
 * Equal worlds have equal keys. Tabs are interchangeable, so their order does not count. This is where an exploration
 * spends its time: it makes no arrays.
 */
export function worldKey(world: World): string {
  const { row, memory, disk, thief, flights, ghost } = world;
  const { newest, parent } = ghost.presented;
  return (
    String.fromCharCode(
      row.deliveredAge,
      rowFlags(row),
      rowLateness(row),
      ZERO + memory.behind,
      ZERO + memory.accessAge,
      ZERO + disk.behind,
      ZERO + disk.accessAge,
      world.unsavedAge,
      thief === undefined ? 0 : ZERO + thief.behind,
      thief === undefined ? 0 : ZERO + thief.accessAge,
      ghost.deliveredAge,
      (ghost.usedLate ? 1 : 0) + (ghost.newestWasLate ? 2 : 0) + (ghost.newestApart ? 4 : 0),
      ghost.lateDeliveries,
      ghost.apart,
      ghost.crashes,
      newest[0] + 1,
      newest[1] + 1,
      parent[0] + 1,
      parent[1] + 1,
    ) +
    storeKey(world) +
    (flights.length === 1 && flights[0] !== undefined
      ? flightKey(flights[0])
      : flights.map(flightKey).sort().join(''))
  );
}

export function isSameRow(a: Row, b: Row): boolean {
  return (
    a.deliveredAge === b.deliveredAge &&
    a.settled === b.settled &&
    a.late === b.late &&
    a.lateDelivery === b.lateDelivery &&
    a.ended === b.ended
  );
}

const LATE_DELIVERIES = { none: 0, counted: 1, taken: 2 };
const RESTORES = { none: 0, restored: 1, accepted: 2, over: 3, down: 4 };
/** Makes a number that may be negative a code. */
const ZERO = 32;

function rowFlags({ settled, ended }: Row): number {
  return (settled ? 1 : 0) + (ended ? 2 : 0);
}

function rowLateness({ late, lateDelivery }: Row): number {
  return late * 3 + LATE_DELIVERIES[lateDelivery];
}

function storeKey({ replica, backup, restore, downFor }: World): string {
  if (replica === undefined && backup === undefined && restore === 'none') return '';
  return String.fromCharCode(RESTORES[restore] + downFor) + copyKey(replica) + copyKey(backup);
}

function copyKey(copy: Copy | undefined): string {
  if (copy === undefined) return '\u0000';
  const { row, behind } = copy;
  if (row === undefined) return '\u0001';
  return String.fromCharCode(ZERO + behind, row.deliveredAge, rowFlags(row), rowLateness(row));
}

function flightKey(flight: Flight): string {
  switch (flight.phase) {
    case 'none':
      return 'n';
    case 'request':
      return String.fromCharCode(1, ZERO + flight.behind, flight.age);
    case 'response':
      return String.fromCharCode(2, ZERO + flight.behind, flight.age, ZERO + flight.accessAge);
    case 'read': {
      const { row, behind, age, usedLate } = flight.look;
      const flags = (flight.checked ? 1 : 0) + (usedLate ? 2 : 0);
      return String.fromCharCode(
        3,
        ZERO + flight.behind,
        flight.age,
        ZERO + behind,
        age,
        flags,
        row.deliveredAge,
        rowFlags(row),
        rowLateness(row),
      );
    }
  }
}
