import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { SnapshotFile } from '../../ports/snapshot-file.ts';
import { createRevocationView, type RevocationView } from '../revocation/view.ts';
import { readSaved, savedBytes, type Saved } from './saved-view.ts';

const PERIOD_MS = 60_000;

export interface SaverParts {
  readonly file: SnapshotFile;
  readonly issuer: string;
  readonly clock: Clock;
  readonly events: EventSink;
}

/** What stands in the file: a view that nobody else has. */
export interface Restored extends Saved {
  readonly staged: RevocationView;
}

/** Keeps a verifier's view on disk, at most once a minute. What cannot be read or written is told, and does no harm. */
export class Saver {
  readonly #parts: SaverParts;
  #savedMs: number;
  #saving: Promise<void> | undefined;

  constructor(parts: SaverParts) {
    this.#parts = parts;
    // What was just read is on disk already.
    this.#savedMs = parts.clock.monotonicMs();
  }

  /** What a former process kept; `undefined` where there is nothing of use. */
  async restore(): Promise<Restored | undefined> {
    const { file, issuer, clock, events } = this.#parts;
    try {
      const pieces = await file.read();
      if (pieces === undefined) return undefined;
      const staged = createRevocationView(clock, events);
      const saved = await readSaved(pieces, staged);
      if (saved.issuer === issuer) return { ...saved, staged };
      this.#tell('it is another issuer’s');
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : 'something was thrown');
    }
    return undefined;
  }

  get isDue(): boolean {
    return this.#saving === undefined && this.#parts.clock.monotonicMs() - this.#savedMs >= PERIOD_MS;
  }

  /** Begins to write, if nothing is being written. */
  save(view: RevocationView, saved: Saved, checkpointText: string): Promise<void> {
    this.#saving ??= this.#write(savedBytes(view, saved, checkpointText)).finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#saving;
  }

  async #write(pieces: Iterable<Uint8Array>): Promise<void> {
    this.#savedMs = this.#parts.clock.monotonicMs();
    try {
      await this.#parts.file.write(pieces);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : 'something was thrown');
    }
  }

  #tell(detail: string): void {
    const { events, issuer } = this.#parts;
    events.record('feed_file_ignored', { issuer, detail });
  }
}
