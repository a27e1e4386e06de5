import { EVENT_CATALOGUE } from '../domain/event-catalogue.ts';
import type { EventFields, EventOf, EventType, WatchwordEvent } from '../domain/events.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import { nearestName } from './unknown-options.ts';

export type EventListener<Type extends EventType> = (event: EventOf<Type>) => void;

export interface Events {
  /** Calls `listener` for each event of a type, or of all with `'*'`. Gives the function that ends it. */
  on<Type extends EventType>(type: Type, listener: EventListener<Type>): () => void;
  on(type: '*', listener: (event: WatchwordEvent) => void): () => void;
}

export interface EventHub extends Events, EventSink {}

export function createEventHub(clock: Clock): EventHub {
  const listeners = new Map<string, Set<(event: WatchwordEvent) => void>>();

  function tell(event: WatchwordEvent, listener: (event: WatchwordEvent) => void): void {
    try {
      const result: unknown = listener(event);
      // An async listener is a listener, too; nobody else would catch what it rejects with.
      if (result instanceof Promise) result.catch((error: unknown) => tellFailure(event, error));
    } catch (error) {
      tellFailure(event, error);
    }
  }

  function tellFailure(event: WatchwordEvent, error: unknown): void {
    // One that fails at hearing of a failure would never end.
    if (event.type === 'listener_failed') return;
    const message = error instanceof Error ? error.message : 'not an Error';
    hub.record('listener_failed', { eventType: event.type, message });
  }

  const hub: EventHub = {
    record<Type extends EventType>(type: Type, fields: EventFields[Type]) {
      const event = Object.freeze({ type, atMs: clock.nowMs(), ...fields }) as unknown as WatchwordEvent;
      for (const listener of [...(listeners.get(type) ?? []), ...(listeners.get('*') ?? [])])
        tell(event, listener);
    },
    on(type: string, listener: (event: never) => void) {
      assertListens(type, listener);
      const heard = listener as (event: WatchwordEvent) => void;
      const ofType = listeners.get(type) ?? new Set();
      listeners.set(type, ofType.add(heard));
      return () => ofType.delete(heard);
    },
  };
  return hub;
}

/** An alarm under a misspelt name would never ring. */
function assertListens(type: string, listener: unknown): void {
  if (type !== '*' && !Object.hasOwn(EVENT_CATALOGUE, type)) {
    const nearest = nearestName(type, Object.keys(EVENT_CATALOGUE));
    const hint = nearest === undefined ? '`docs/events.md` has them all.' : `did you mean \`${nearest}\`?`;
    throw new ArgumentError(`There are no events of that type: ${hint}`);
  }
  if (typeof listener !== 'function') throw new ArgumentError('`events.on` takes a type and a listener.');
}
