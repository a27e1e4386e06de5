import type { Clock } from '../../ports/clock.ts';

const REMEMBERED_MS = 10_000;
const MOST_REMEMBERED = 1000;

/** The `kid`s that the issuer did not know a moment ago: who sends one again and again brings about one question. */
export class UnknownKeyIds {
  readonly #clock: Clock;
  readonly #addedMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(kid: string): boolean {
    return this.#clock.monotonicMs() - (this.#addedMs.get(kid) ?? -Infinity) < REMEMBERED_MS;
  }

  add(kid: string): void {
    if (this.#addedMs.size >= MOST_REMEMBERED) this.#addedMs.clear();
    this.#addedMs.set(kid, this.#clock.monotonicMs());
  }
}
