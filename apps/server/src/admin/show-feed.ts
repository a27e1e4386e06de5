import type { VerifierStatus } from 'watchword';
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { presentTime, sequence, time } from './values.ts';

const count = z.number().int().min(0);

const verifierSchema = z
  .object({
    client_id: z.string().describe('Whose credential it has.'),
    instance: z.string().describe('Which of that client’s processes it is.'),
    name: z.string(),
    version: z.string(),
    state: z
      .enum(['current', 'behind', 'silent'])
      .describe('`silent`: not heard for 30 seconds. After an hour it is forgotten.'),
    sequence: sequence.describe('Up to which entry of the log it has taken in all.'),
    behind: count.describe('How many entries it lacks.'),
    first_seen_at: time,
    last_seen_at: time,
    silent_ms: count,
    applied_at: time.describe('When it was first heard to be at `sequence`.'),
  })
  .meta({ id: 'Verifier' });

export const showFeed = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/feed',
  summary: 'Who follows the feed of revocations, and how far each has come',
  success: {
    status: 200,
    description: 'The verifiers that were heard by any server, and what is connected to this one.',
    schema: z.object({
      head: z.object({ epoch: z.string(), sequence }).describe('Where the log stands.'),
      connections: count.describe('How many verifiers are connected to this server.'),
      relay: z
        .object({
          kind: z.string(),
          connected: z.boolean(),
          fault: z
            .string()
            .nullable()
            .describe('What it failed with last, such as `ECONNREFUSED`; `null` while it is connected.'),
        })
        .nullable()
        .describe('What carries revocations between servers; `null` where the database alone does.'),
      verifiers: z.array(verifierSchema),
    }),
  },
  async handle(_input, { auth }) {
    const { head, connections, relay, verifiers } = await auth.feed.status();
    return {
      head: { ...head },
      connections,
      relay: relay === undefined ? null : { ...relay, fault: relay.fault ?? null },
      verifiers: verifiers.map(presentVerifier),
    };
  },
});

function presentVerifier(verifier: VerifierStatus): z.input<typeof verifierSchema> {
  return {
    client_id: verifier.clientId,
    instance: verifier.instance,
    name: verifier.name,
    version: verifier.version,
    state: verifier.state,
    sequence: verifier.sequence,
    behind: verifier.behind,
    first_seen_at: presentTime(verifier.firstSeenMs),
    last_seen_at: presentTime(verifier.lastSeenMs),
    silent_ms: verifier.silentMs,
    applied_at: presentTime(verifier.appliedMs),
  };
}
