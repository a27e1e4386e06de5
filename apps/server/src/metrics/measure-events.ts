import { Counter, type Registry } from '@prometheus-io/client';
import { EVENT_CATALOGUE, type EventType, type Watchword, type WatchwordEvent } from 'watchword';

/** The events that say how a refresh came out, and under which name it is counted. */
const REFRESH_OUTCOMES: Readonly<Partial<Record<EventType, string>>> = {
  refresh_rotated: 'rotated',
  refresh_current: 'current',
  refresh_resent: 'resent',
  refresh_resent_late: 'resent_late',
  refresh_moved_forward: 'moved_forward',
  refresh_reused: 'reused',
  refresh_refused: 'refused',
  store_rolled_back: 'ahead',
};

/** Counts what happens, by type; each type is there from the start, so that the first alarm is an increase. */
export function measureEvents(events: Watchword['events'], registry: Registry): void {
  const byType = new Counter({
    name: 'watchword_events_total',
    help: 'What happened, by type of event; docs/events.md says what each means.',
    labelNames: ['type'],
    registers: [registry],
  });
  const refreshes = new Counter({
    name: 'watchword_refreshes_total',
    help: 'How presentations of refresh tokens came out.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const types = Object.keys(EVENT_CATALOGUE) as EventType[];
  const counters = new Map(
    types.map((type) => {
      const outcome = REFRESH_OUTCOMES[type];
      const labels = outcome === undefined ? [] : [refreshes.labels({ outcome })];
      return [type, [byType.labels({ type }), ...labels]] as const;
    }),
  );
  for (const counter of [...counters.values()].flat()) counter.inc(0);
  events.on('*', ({ type }: WatchwordEvent) => {
    for (const counter of counters.get(type) ?? []) counter.inc();
  });
}
