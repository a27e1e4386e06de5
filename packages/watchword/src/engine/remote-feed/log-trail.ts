import { equalBytes } from '../../crypto/digest.ts';
import type { FeedCheckpoint } from '../../domain/feed.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import { RemoteFault } from './feed-problem.ts';

/** How many former histories and processes of the issuer are remembered. */
const REMEMBERED = 100;

type Signed = Pick<FeedCheckpoint, 'head' | 'clock'>;

/**
 * Where a verifier stands in the issuer's log, and what it has seen of it before. Processes of the issuer may lag behind each other, so
 * that a position may go back from one to the next; what was seen under a number stays true, and a history that has ended stays ended.
 */
export class LogTrail {
  #position: LogHead | undefined;
  /** The greatest head of the present epoch. */
  #furthest: LogHead | undefined;
  readonly #formerEpochs = new Set<string>();
  /** What each process showed last. */
  readonly #processes = new Map<string, LogHead>();

  get position(): LogHead | undefined {
    return this.#position;
  }

  get formerEpochs(): readonly string[] {
    return [...this.#formerEpochs];
  }

  /** Goes on from what was kept on disk. */
  resume(position: LogHead, formerEpochs: readonly string[]): void {
    for (const epoch of formerEpochs) this.#formerEpochs.add(epoch);
    this.#move(position);
  }

  /** Throws where a head contradicts what was seen; `records` are those that lead to it. */
  assertFits({ head, clock }: Signed, records: readonly RevocationRecord[] = []): void {
    const { epoch, sequence, hash } = head;
    if (this.#formerEpochs.has(epoch)) {
      throw new RemoteFault('went_back', 'the issuer shows a history that had ended');
    }
    const known = this.#processes.get(clock);
    if (known?.epoch === epoch && sequence < known.sequence) {
      throw new RemoteFault('went_back', 'the log of one process of the issuer went back');
    }
    const furthest = this.#furthest;
    if (furthest?.epoch !== epoch) return;
    const there = [{ sequence, hash }, ...records].find((one) => one.sequence === furthest.sequence);
    if (there !== undefined && !equalBytes(there.hash, furthest.hash)) {
      throw new RemoteFault('forked', 'the log has another entry where one was seen before');
    }
  }

  /** Stands at a head that fits. */
  moveTo({ head, clock }: Signed): void {
    this.#processes.delete(clock);
    this.#processes.set(clock, head);
    const [oldest] = this.#processes.keys();
    if (this.#processes.size > REMEMBERED && oldest !== undefined) this.#processes.delete(oldest);
    this.#move(head);
  }

  #move(head: LogHead): void {
    this.#position = head;
    const furthest = this.#furthest;
    if (furthest?.epoch === head.epoch && furthest.sequence >= head.sequence) return;
    if (furthest !== undefined && furthest.epoch !== head.epoch) {
      this.#formerEpochs.add(furthest.epoch);
      const [oldest] = this.#formerEpochs;
      if (this.#formerEpochs.size > REMEMBERED && oldest !== undefined) this.#formerEpochs.delete(oldest);
    }
    this.#furthest = head;
  }
}
