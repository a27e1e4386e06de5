import type { Clock } from '../../ports/clock.ts';
import type { Scheduler } from '../../ports/scheduler.ts';

/** Barks once when nothing was heard for a while. */
export class Watchdog {
  readonly #parts: { readonly clock: Clock; readonly scheduler: Scheduler };
  readonly #patienceMs: number;
  readonly #bark: () => void;
  #heardMs: number;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(
    parts: { readonly clock: Clock; readonly scheduler: Scheduler },
    patienceMs: number,
    bark: () => void,
  ) {
    this.#parts = parts;
    this.#patienceMs = patienceMs;
    this.#bark = bark;
    this.#heardMs = parts.clock.monotonicMs();
    this.#watch();
  }

  heard(): void {
    this.#heardMs = this.#parts.clock.monotonicMs();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #watch(): void {
    if (this.#stopped) return;
    const leftMs = this.#leftMs();
    this.#cancel = this.#parts.scheduler.after(Math.max(1, leftMs), () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.#leftMs() > 0) return this.#watch();
    // A process that was busy itself has not read yet what has long been there.
    await this.#parts.scheduler.nextTurn();
    await this.#parts.scheduler.nextTurn();
    if (this.#stopped || this.#leftMs() > 0) return this.#watch();
    this.#stopped = true;
    this.#bark();
  }

  #leftMs(): number {
    return this.#heardMs + this.#patienceMs - this.#parts.clock.monotonicMs();
  }
}
