import type { FeedProblem } from '../../domain/events.ts';
import { FeedFault } from '../feed-format/feed-fault.ts';

/** Why the feed is not followed any further on this connection. */
export class RemoteFault extends Error {
  override readonly name = 'RemoteFault';
  readonly problem: FeedProblem;
  /** How long the issuer wants to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: FeedProblem, sentence: string, retryAfterMs?: number) {
    super(sentence);
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What was thrown while following, as a fault. */
export function faultOf(error: unknown): RemoteFault {
  if (error instanceof RemoteFault) return error;
  if (error instanceof FeedFault) return new RemoteFault(error.reason, error.message);
  return new RemoteFault('unreachable', error instanceof Error ? error.message : 'something was thrown');
}

/** Nobody but an attacker, a defect or a lost database brings these about; the others are outages. */
const ALARMING: ReadonlySet<FeedProblem> = new Set<FeedProblem>([
  'malformed',
  'truncated',
  'too_large',
  'order',
  'unknown_key',
  'signature',
  'issuer',
  'replayed',
  'chain',
  'forked',
  'went_back',
  'digest',
]);

export function isAlarming({ problem }: RemoteFault): boolean {
  return ALARMING.has(problem);
}
