import { epochMs, LONG_AGO, type EpochMs } from './time.ts';

/**
 * The refresh chain of one session: the whole of what is kept about its refresh tokens, which are derived from it and
 * never stored. `docs/refresh-chain.md` has the table that `judgeRefresh` implements, and why each row is needed.
 */
export interface ChainState {
  /** The generation whose token is the newest, from 1; it fits 32 bits. */
  readonly generation: number;
  /** The version of the server's refresh key that this generation was issued under (0 to 255), so that it can be repeated. */
  readonly keyVersion: number;
  /** When this generation was last rotated to, or resent late. */
  readonly deliveredMs: EpochMs;
  /** Whether an access token of this generation was seen in use when it was older than the settling time. */
  readonly settled: boolean;
  /** How many generations in a row, this one included, had to be resent late (0 to 3). */
  readonly late: number;
  /** Whether this generation was resent late, and whether its own token was presented since. */
  readonly lateDelivery: 'none' | 'counted' | 'taken';
}

export interface ChainPolicy {
  /** `strict` is the textbook and ASVS V10.4.5: any token that was rotated is reused, at once. */
  readonly rotation: 'resilient' | 'strict';
  /** W: how far apart presentations of one token may lie and still be a race, in milliseconds. 0 switches races off. */
  readonly raceWindowMs: number;
}

/** S is 4 W: exploration finds an honest logout at 3 W (two tabs and one crash). */
const SETTLING_WINDOWS = 4;

/** The fourth late delivery in a row is no longer put down to bad luck. */
const LATE_DELIVERIES_THAT_CONVICT = 4;

export function settlingTimeMs(policy: ChainPolicy): number {
  return SETTLING_WINDOWS * policy.raceWindowMs;
}

/** The chain of a new session. Its token counts as delivered long ago, so that its first refresh rotates. */
export function startChain(keyVersion: number): ChainState {
  return { generation: 1, keyVersion, deliveredMs: LONG_AGO, settled: false, late: 0, lateDelivery: 'none' };
}

/**
 * What a presented generation means for a live chain. `next` is the state to be stored by one conditional statement
 * before the outcome may be told; where it is missing, nothing is written.
 */
export type ChainVerdict =
  | { readonly outcome: 'rotated'; readonly next: ChainState }
  | { readonly outcome: 'current'; readonly next?: ChainState }
  | { readonly outcome: 'resent' }
  | { readonly outcome: 'resent_late'; readonly next: ChainState }
  | { readonly outcome: 'reused' }
  | { readonly outcome: 'ahead' };

export interface Presentation {
  readonly generation: number;
  readonly nowMs: EpochMs;
  /** The newest version of the server's refresh key: what a rotation issues under. */
  readonly newestKeyVersion: number;
}

export function judgeRefresh(chain: ChainState, presented: Presentation, policy: ChainPolicy): ChainVerdict {
  if (presented.generation > chain.generation) return { outcome: 'ahead' };
  if (policy.rotation === 'strict') return judgeStrictly(chain, presented);
  if (presented.generation === chain.generation) return judgeNewest(chain, presented, policy);
  if (presented.generation === chain.generation - 1) return judgeParent(chain, presented, policy);
  return { outcome: 'reused' };
}

function judgeStrictly(chain: ChainState, presented: Presentation): ChainVerdict {
  if (presented.generation < chain.generation) return { outcome: 'reused' };
  return { outcome: 'rotated', next: successor(chain, presented) };
}

function judgeNewest(chain: ChainState, presented: Presentation, policy: ChainPolicy): ChainVerdict {
  if (!isWithin(chain, presented, settlingTimeMs(policy))) {
    return { outcome: 'rotated', next: successor(chain, presented) };
  }
  // Somebody holds the token that was resent late: should its parent come again, there are two of them.
  if (chain.lateDelivery === 'counted')
    return { outcome: 'current', next: { ...chain, lateDelivery: 'taken' } };
  return { outcome: 'current' };
}

function judgeParent(chain: ChainState, presented: Presentation, policy: ChainPolicy): ChainVerdict {
  if (chain.settled) return { outcome: 'reused' };
  if (isWithin(chain, presented, policy.raceWindowMs)) return { outcome: 'resent' };
  const late = chain.lateDelivery === 'counted' ? chain.late : chain.late + 1;
  if (late >= LATE_DELIVERIES_THAT_CONVICT) return { outcome: 'reused' };
  return {
    outcome: 'resent_late',
    next: { ...chain, deliveredMs: presented.nowMs, late, lateDelivery: 'counted' },
  };
}

/** The chain of a restored row as its client remembers it: from here on the two agree again. */
export function moveForward({
  generation,
  keyVersion,
  nowMs,
}: {
  readonly generation: number;
  readonly keyVersion: number;
  readonly nowMs: EpochMs;
}): ChainState {
  return { generation, keyVersion, deliveredMs: nowMs, settled: false, late: 0, lateDelivery: 'none' };
}

/** A clock that was set back makes the age negative: that is young, which convicts nobody. */
function isWithin(chain: ChainState, presented: Presentation, windowMs: number): boolean {
  return windowMs > 0 && presented.nowMs - chain.deliveredMs <= windowMs;
}

function successor(chain: ChainState, presented: Presentation): ChainState {
  return {
    generation: chain.generation + 1,
    keyVersion: presented.newestKeyVersion,
    deliveredMs: epochMs(presented.nowMs),
    settled: false,
    late: chain.lateDelivery === 'none' ? 0 : chain.late,
    lateDelivery: 'none',
  };
}
