import {
  moveForward,
  type ChainState,
  type ChainVerdict,
  type judgeRefresh,
  type Presentation,
} from '../../src/domain/refresh-chain.ts';
import { epochMs } from '../../src/domain/time.ts';
import { moveOn, noteLateDelivery, notePresentation, noteRecovery } from './account.ts';
import {
  isSameRow,
  OLD,
  RACE_WINDOW_TICKS,
  SETTLING_TICKS,
  type Copy,
  type Look,
  type Row,
  type World,
} from './world.ts';

/** What the engine makes of a presented token: the table's verdict, or what an operator has accepted. */
export type Verdict = ChainVerdict | { readonly outcome: 'moved_forward'; readonly next: ChainState };

export type Outcome = Verdict['outcome'] | 'ended' | 'unknown' | 'overloaded';

/** The parts of the engine that mutants replace. */
export interface Rules {
  readonly judge: typeof judgeRefresh;
  /** What becomes of the table's verdict in a store that was restored. */
  readonly recover: (verdict: ChainVerdict, chain: ChainState, asked: Asked) => Verdict;
  /** How a step makes sure that the row is still what was read: in one statement with it, before it, or not at all. */
  readonly guard: 'compare and set' | 'read, then write' | 'none';
  /** An access token's use settles when it is older than this, in ticks. */
  readonly settlesAfter: number;
  /** Whether reuse ends the session. */
  readonly revokes: boolean;
  /** What a process that looks at a replica tells from that alone; before it tells anything else it looks at the primary. */
  readonly believesReplicaOn: readonly Outcome[];
  /** Where it looks again once its step has failed. */
  readonly looksAgainAt: 'primary' | 'replica';
}

export interface Asked extends Presentation {
  readonly restore: World['restore'];
}

export interface Answer {
  readonly outcome: Outcome;
  /** How far the token that is given lies behind the newest, after the step. */
  readonly behind: number;
  /** How many generations the row has moved by the answer. */
  readonly movedBy: number;
  /** What it rests on. */
  readonly look: Look;
}

/** A generation far enough from 0 for every token that can be presented. */
const GENERATION = 100;
const NOW = epochMs(1_000_000);

/** The engine's `#recover`: while an operator accepts the restore, a row moves forward to what is ahead of it. */
export const recoverIfAccepted: Rules['recover'] = (verdict, _chain, { generation, nowMs, restore }) =>
  verdict.outcome === 'ahead' && restore === 'accepted'
    ? { outcome: 'moved_forward', next: moveForward({ generation, keyVersion: 1, nowMs }) }
    : verdict;

export function isDelivered({ outcome }: Answer): boolean {
  switch (outcome) {
    case 'rotated':
    case 'current':
    case 'resent':
    case 'resent_late':
    case 'moved_forward':
      return true;
    case 'reused':
    case 'ahead':
    case 'ended':
    case 'unknown':
    case 'overloaded':
      return false;
  }
}

/** A look at the primary. */
export function lookAt({ row, ghost }: World): Look {
  return { row: { ...row }, behind: 0, age: 0, usedLate: ghost.usedLate };
}

/** Presents the token that lies `behind` the newest, and steps the row: one process, one statement. */
export function present(world: World, behind: number, by: number, rules: Rules): Answer {
  const look = lookAt(world);
  return act(world, verdictOn(world, look, behind, rules), { look, behind, by }, rules);
}

/**
 * Answers from what was read of the row before. Only what writes notices that the row has changed since; `conflict`, if
 * it does.
 */
export function presentAfter(
  world: World,
  look: Look,
  { behind, by }: { readonly behind: number; readonly by: number },
  rules: Rules,
): Answer | 'conflict' {
  const verdict = verdictOn(world, look, behind, rules);
  if (rules.guard === 'compare and set' && isStep(verdict) && !isUnchanged(world, look)) return 'conflict';
  return act(world, verdict, { look, behind, by }, rules);
}

/** Presents it to a process that looks at the replica first, and whose statements go to the primary. */
export function presentToReplica(
  world: World,
  replica: Copy,
  { behind, by }: { readonly behind: number; readonly by: number },
  rules: Rules,
): Answer {
  const { row } = replica;
  // The account is the truth's: that a copy is old excuses nothing.
  const look: Look = {
    ...lookAt(world),
    behind: replica.behind,
    ...(row !== undefined && { row: { ...row } }),
  };
  const verdict = row === undefined ? 'unknown' : verdictOn(world, look, behind, rules);
  if (verdict === 'unknown' || verdict === 'ended' || !isStep(verdict)) {
    const outcome = typeof verdict === 'string' ? verdict : verdict.outcome;
    if (!rules.believesReplicaOn.includes(outcome)) return present(world, behind, by, rules);
  } else if (!isUnchanged(world, look)) {
    if (rules.looksAgainAt === 'primary') return present(world, behind, by, rules);
    return { outcome: 'overloaded', behind, movedBy: 0, look };
  }
  return act(world, verdict, { look, behind, by }, rules);
}

/** An access token of the newest generation is used. */
export function use(world: World, accessAge: number, rules: Rules): void {
  if (accessAge > rules.settlesAfter) world.row.settled = true;
  if (accessAge > SETTLING_TICKS) world.ghost.usedLate = true;
}

/** Of a session that has ended nothing else counts. */
export function endSession(world: World): void {
  world.row = { deliveredAge: OLD, settled: false, late: 0, lateDelivery: 'none', ended: true };
}

function verdictOn(world: World, look: Look, behind: number, rules: Rules): Verdict | 'ended' {
  if (look.row.ended) return 'ended';
  const chain = chainOf(look.row);
  const presented = { generation: GENERATION - (behind - look.behind), nowMs: NOW, newestKeyVersion: 1 };
  const policy = { rotation: 'resilient', raceWindowMs: RACE_WINDOW_TICKS } as const;
  return rules.recover(rules.judge(chain, presented, policy), chain, {
    ...presented,
    restore: world.restore,
  });
}

function chainOf(row: Row): ChainState {
  return {
    generation: GENERATION,
    keyVersion: 1,
    deliveredMs: epochMs(NOW - row.deliveredAge),
    settled: row.settled,
    late: row.late,
    lateDelivery: row.lateDelivery,
  };
}

function isStep(verdict: Verdict | 'ended'): boolean {
  return verdict !== 'ended' && 'next' in verdict && verdict.next !== undefined;
}

function isUnchanged({ row }: World, { row: seen, behind, age }: Look): boolean {
  if (behind !== 0) return false;
  return isSameRow({ ...seen, deliveredAge: Math.min(OLD, seen.deliveredAge + age) }, row);
}

/** Does what the verdict says, and answers. */
function act(
  world: World,
  verdict: Verdict | 'ended' | 'unknown',
  { look, behind, by }: { readonly look: Look; readonly behind: number; readonly by: number },
  rules: Rules,
): Answer {
  const refused = { behind, movedBy: 0, look };
  if (verdict === 'ended' || verdict === 'unknown') return { outcome: verdict, ...refused };
  const { outcome } = verdict;
  notePresentation(world, behind, by, outcome);
  switch (outcome) {
    case 'reused':
      if (rules.revokes) endSession(world);
      return { outcome, ...refused };
    case 'ahead':
      return { outcome, ...refused };
    case 'rotated':
    case 'moved_forward': {
      const movedBy = verdict.next.generation - GENERATION;
      stepRow(world.row, verdict.next, look.age);
      moveOn(world, movedBy, look.age);
      if (outcome === 'moved_forward') noteRecovery(world, by);
      return { outcome, behind: 0, movedBy, look };
    }
    case 'current':
    case 'resent':
    case 'resent_late':
      if ('next' in verdict && verdict.next !== undefined) stepRow(world.row, verdict.next, look.age);
      if (outcome === 'resent_late') noteLateDelivery(world, look.age);
      return { outcome, behind: look.behind, movedBy: 0, look };
  }
}

/** The times in a row are those of the look. */
function stepRow(row: Row, next: ChainState, lookAge: number): void {
  row.deliveredAge = Math.min(OLD, NOW - next.deliveredMs + lookAge);
  row.settled = next.settled;
  row.late = next.late;
  row.lateDelivery = next.lateDelivery;
}
