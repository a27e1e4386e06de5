import { createSha256 } from '../../crypto/digest.ts';
import type { ByteSink, StreamingBody } from '../../ports/byte-sink.ts';
import type { EngineContext } from '../context.ts';
import { snapshotChunks, snapshotEnd } from '../feed-format/write-snapshot.ts';
import type { RevocationView } from '../revocation/view.ts';
import { knownNow, type Checkpoints } from './checkpoints.ts';
import { drained } from './drained.ts';
import { LONGEST_SNAPSHOT_MS, MOST_WAITING_BYTES, RECHECK_MS, type FeedLimits } from './limits.ts';
import { Places, type FeedReader } from './reader.ts';

export interface SnapshotsParts {
  readonly context: Pick<EngineContext, 'clock' | 'scheduler' | 'settings'>;
  readonly checkpoints: Checkpoints;
  readonly view: RevocationView;
  readonly isStillAllowed: (reader: FeedReader) => Promise<boolean>;
  readonly limits: FeedLimits;
}

/** The snapshots that are being sent. */
export class Snapshots {
  readonly #parts: SnapshotsParts;
  readonly #places: Places;
  readonly #sinks = new Set<ByteSink>();
  #closed = false;

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
    this.#places = new Places(parts.limits.snapshots, parts.limits.snapshotsPerClient);
  }

  isFree(reader: FeedReader): boolean {
    return this.#places.isFree(reader);
  }

  body(reader: FeedReader, nonce: string | undefined): StreamingBody {
    return {
      open: (sink) => {
        if (this.#closed || !this.isFree(reader)) {
          sink.abort();
          return () => undefined;
        }
        this.#places.take(reader);
        this.#sinks.add(sink);
        this.#send(sink, reader, nonce)
          .catch(() => sink.abort())
          .finally(() => {
            this.#sinks.delete(sink);
            this.#places.giveBack(reader);
          });
        return () => this.#sinks.delete(sink);
      },
    };
  }

  close(): void {
    this.#closed = true;
    for (const sink of this.#sinks) {
      this.#sinks.delete(sink);
      sink.abort();
    }
  }

  /** Sends the view as it is by and by: it changes meanwhile, and has everything up to the head that is taken first. */
  async #send(sink: ByteSink, reader: FeedReader, nonce: string | undefined): Promise<void> {
    const { context, checkpoints, view, isStillAllowed } = this.#parts;
    const { clock, scheduler, settings } = context;
    const at = knownNow(checkpoints);
    const endMs = clock.monotonicMs() + LONGEST_SNAPSHOT_MS;
    let recheckMs = clock.monotonicMs() + RECHECK_MS;
    const digest = createSha256();
    for (const chunk of snapshotChunks(view, at.head, settings.issuer)) {
      digest.update(chunk);
      const waiting = sink.write(chunk);
      if (waiting > MOST_WAITING_BYTES && !(await drained(sink, scheduler))) return sink.abort();
      await scheduler.nextTurn();
      if (!this.#sinks.has(sink)) return;
      if (clock.monotonicMs() > endMs) return sink.abort();
      if (clock.monotonicMs() < recheckMs) continue;
      recheckMs = clock.monotonicMs() + RECHECK_MS;
      // While the store is away nobody can tell: the next time will.
      if (!(await isStillAllowed(reader).catch(() => true))) return sink.abort();
    }
    const extras = { snapshot: digest.digest(), ...(nonce !== undefined && { nonce }) };
    sink.write(snapshotEnd(checkpoints.sign(at, extras)));
    sink.end();
  }
}
