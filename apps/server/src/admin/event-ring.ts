import type { EventType, WatchwordEvent } from 'watchword';

/** An event and its number in this process, from 1. */
export interface NumberedEvent {
  readonly number: number;
  readonly event: WatchwordEvent;
}

/** The newest events; the oldest makes room for the one that would be too many. */
export class EventRing {
  readonly #capacity: number;
  readonly #events: NumberedEvent[] = [];
  #last = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(event: WatchwordEvent): NumberedEvent {
    this.#last += 1;
    const numbered = { number: this.#last, event };
    this.#events[(this.#last - 1) % this.#capacity] = numbered;
    return numbered;
  }

  /** Oldest first; only those after `number`, and of these types where any are named. */
  after(number: number, types?: ReadonlySet<EventType>): NumberedEvent[] {
    const oldest = this.#last % this.#capacity;
    const inOrder =
      this.#last > this.#capacity
        ? [...this.#events.slice(oldest), ...this.#events.slice(0, oldest)]
        : this.#events;
    return inOrder.filter((one) => one.number > number && (types?.has(one.event.type) ?? true));
  }
}
