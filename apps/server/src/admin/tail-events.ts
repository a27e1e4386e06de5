import { EVENT_CATALOGUE, WatchwordError, type EventType } from 'watchword';
import { z } from 'zod';
import { defineEndpoint, EndlessAnswer } from './endpoint.ts';
import { numberInQuery } from './values.ts';

const isEventType = (text: string): text is EventType => Object.hasOwn(EVENT_CATALOGUE, text);
const TYPE = `(?:${Object.keys(EVENT_CATALOGUE).join('|')})`;
const TYPES = new RegExp(`^${TYPE}(?:,${TYPE})*$`);

export const tailEvents = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/events',
  summary: 'What happens, as it happens',
  description:
    'Server-sent events. Each has an `id`, its type as `event`, and `data`: a JSON object with `type`, `at` and the members that ' +
    '`docs/events.md` lists, in snake case. The last 1000 are kept for who comes back with `Last-Event-ID`. A reader that does ' +
    'not keep up is disconnected.',
  query: z.strictObject({
    types: z
      .string()
      .max(2000)
      .regex(TYPES, 'These are no types of events, separated by commas.')
      .describe('Only these, separated by commas.')
      .optional(),
    recent: numberInQuery(0, 1000).default(0).describe('How many of those that are kept come first.'),
  }),
  success: {
    status: 200,
    description: 'Events until either side ends it.',
    type: 'text/event-stream',
    schema: z.string(),
  },
  refusals: ['ERR_NO_SERVER'],
  async handle({ query, header }, { events }) {
    if (events === undefined) throw new WatchwordError('ERR_NO_SERVER');
    const { recent, types } = query;
    const wanted = types === undefined ? undefined : new Set(types.split(',').filter(isEventType));
    const start = { lastEventId: header('last-event-id'), recent, types: wanted };
    return new EndlessAnswer((response) => events.open(response, start));
  },
});
