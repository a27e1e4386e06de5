import type { EventFields, EventType } from '../domain/events.ts';

/** Where the engine tells what happened, after it is durable. It must not throw and not block. */
export interface EventSink {
  record<Type extends EventType>(type: Type, fields: EventFields[Type]): void;
}
