import { toHex } from '../../crypto/bytes.ts';
import { settlingTimeMs } from '../../domain/refresh-chain.ts';
import type { LogHead } from '../../domain/revocation.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { EngineContext } from '../context.ts';
import { signCheckpoint } from '../feed-format/checkpoint.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { Following } from '../revocation/follow.ts';

/** What may stand in a checkpoint beside where the log is. */
export interface CheckpointExtras {
  readonly nonce?: string;
  readonly snapshot?: Uint8Array;
}

/** A head and the time as of which it was the head. */
export interface HeadAsOf {
  readonly head: LogHead;
  readonly asOfMs: number;
}

export interface Checkpoints {
  /** Where this process is in the log; `undefined` while it reads the log again. */
  current(): HeadAsOf | undefined;
  sign(at: HeadAsOf, extras?: CheckpointExtras): string;
  /** Of an entry behind which there are more: it says nothing of when that was all. */
  signPartial(head: LogHead, extras?: CheckpointExtras): string;
}

/**
 * Times in checkpoints count from long before the process began, so that 0 is a time as of which nobody's knowledge is fresh, and
 * clocks of different processes are not taken for each other.
 */
const CLOCK_START_MS = 1e12;
const CLOCK_BYTES = 8;

export function createCheckpoints(
  { settings, clock, random }: EngineContext,
  keys: Pick<KeyKeeper, 'feedKey' | 'revision'>,
  following: Pick<Following, 'position' | 'asOfMs'>,
): Checkpoints {
  const clockName = toHex(random.bytes(CLOCK_BYTES));
  const settleMs = settlesMs(settings);

  function sign({ head, asOfMs }: HeadAsOf, extras: CheckpointExtras = {}): string {
    const checkpoint = {
      issuer: settings.issuer,
      head,
      asOfMs,
      nowMs: clock.monotonicMs() + CLOCK_START_MS,
      clock: clockName,
      keyRevision: keys.revision(),
      settleMs,
      ...extras,
    };
    return signCheckpoint(checkpoint, keys.feedKey());
  }

  return {
    current() {
      const head = following.position();
      return head && { head, asOfMs: following.asOfMs() + CLOCK_START_MS };
    },
    sign,
    signPartial: (head, extras) => sign({ head, asOfMs: 0 }, extras),
  };
}

/** The textbook knows no settling. */
function settlesMs({ chain }: EngineContext['settings']): number {
  return chain.rotation === 'strict' ? 0 : settlingTimeMs(chain);
}

/** What is known now; for callers who cannot go on without. */
export function knownNow(checkpoints: Checkpoints): HeadAsOf {
  const current = checkpoints.current();
  if (current === undefined) throw new WatchwordError('ERR_FEED_STALE');
  return current;
}
