import type { EpochMs } from '../../domain/time.ts';
import type { VerifierList, VerifierRow } from '../../ports/store/verifier-store.ts';
import type { EngineContext } from '../context.ts';
import { entriesBehind, hasReached, isSilent, silentSinceMs, type LogPlace } from './verifier-status.ts';

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 50;

/** Which verifiers have acknowledged a place in the log. A receipt proves that it was delivered to that credential. */
export interface Receipts {
  /** Whether all have that are known; `false` too where the store could not be asked who they are. */
  readonly complete: boolean;
  readonly acknowledged: readonly Acknowledgement[];
  /** Those that were not heard for 30 seconds were not waited for: what they still accept is bounded by their staleness. */
  readonly missing: readonly MissingReceipt[];
}

export interface Acknowledgement {
  readonly clientId: string;
  readonly instance: string;
  readonly name: string;
  /** How long after the revocation was recorded its receipt was, at most, by the store's clock. */
  readonly ms: number;
}

export interface MissingReceipt {
  readonly clientId: string;
  readonly instance: string;
  readonly name: string;
  /** How many entries of the log it lacks. */
  readonly behind: number;
  /** How long it has not been heard, in milliseconds. */
  readonly silentMs: number;
}

export interface ReceiptWaiter {
  /**
   * Resolves once every verifier that is known now and not silent has taken in all entries up to `place`, or after `forMs`. Never
   * rejects: what was waited for has happened already. `sinceMs` is when the entry was made, by the store's clock.
   */
  wait(place: LogPlace, sinceMs: EpochMs | undefined, forMs: number): Promise<Receipts>;
  /** Lets those who wait go. */
  stop(): void;
}

export function createReceiptWaiter({
  store,
  clock,
  scheduler,
}: Pick<EngineContext, 'store' | 'clock' | 'scheduler'>): ReceiptWaiter {
  let looking: Promise<VerifierList | undefined> | undefined;
  let stopped = false;

  /** One look for all who wait; `undefined` where the store is away. */
  function look(): Promise<VerifierList | undefined> {
    looking ??= store.verifiers
      .list()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  /** A store that hangs does not make anybody wait longer than they said. */
  async function lookWithin(ms: number): Promise<VerifierList | undefined> {
    const timeOver = Promise.withResolvers<undefined>();
    const cancel = scheduler.after(ms, () => timeOver.resolve(undefined));
    const list = await Promise.race([look(), timeOver.promise]);
    cancel();
    return list;
  }

  return {
    async wait(place, sinceMs, forMs) {
      const endMs = clock.monotonicMs() + forMs;
      const gathering = gatherReceipts(place, sinceMs);
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        const list = await lookWithin(Math.max(endMs - clock.monotonicMs(), LONGEST_PAUSE_MS));
        if (list !== undefined) gathering.observe(list);
        const leftMs = endMs - clock.monotonicMs();
        if (gathering.isOver() || stopped || leftMs <= 0) return gathering.receipts();
        await scheduler.sleep(Math.min(pauseMs, leftMs));
      }
    },
    stop() {
      stopped = true;
    },
  };
}

/** What is known of one wait: those that were there at the first look, and what became of each. */
function gatherReceipts(place: LogPlace, givenSinceMs: EpochMs | undefined) {
  const acknowledged = new Map<string, Acknowledgement>();
  let missing: ReadonlyMap<string, VerifierRow> | undefined;
  let sinceMs = givenSinceMs;
  let nowMs: EpochMs;

  return {
    observe(list: VerifierList): void {
      nowMs = list.nowMs;
      sinceMs ??= nowMs;
      const left = new Map<string, VerifierRow>();
      for (const row of list.verifiers) {
        const key = `${row.instance} ${row.clientId}`;
        // Who appears while others are waited for began with what was revoked already.
        if (acknowledged.has(key) || (missing !== undefined && !missing.has(key))) continue;
        if (!hasReached(row, place)) left.set(key, row);
        else acknowledged.set(key, { ...identityOf(row), ms: Math.max(0, row.appliedMs - sinceMs) });
      }
      // Who said meanwhile that it stops is missing no more.
      missing = left;
    },

    isOver(): boolean {
      return missing !== undefined && [...missing.values()].every((row) => isSilent(row, nowMs));
    },

    receipts(): Receipts {
      return {
        complete: missing?.size === 0,
        acknowledged: [...acknowledged.values()],
        missing: [...(missing?.values() ?? [])].map((row) => ({
          ...identityOf(row),
          behind: entriesBehind(row, place),
          silentMs: silentSinceMs(row, nowMs),
        })),
      };
    },
  };
}

function identityOf({ clientId, instance, name }: VerifierRow) {
  return { clientId, instance, name };
}
