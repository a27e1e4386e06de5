import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { numberInQuery, presentOptionalTime, presentTime, sequence, time } from './values.ts';

export const listRevocations = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/revocations',
  summary: 'The revocation log, oldest first',
  query: z.strictObject({
    after: numberInQuery(0, Number.MAX_SAFE_INTEGER)
      .default(0)
      .describe('The sequence number of the last entry that is known already.'),
    limit: numberInQuery(1, 1000).default(100),
  }),
  success: {
    status: 200,
    description: 'The entries after that one which still matter, and where the log stands.',
    schema: z.object({
      records: z.array(
        z.object({
          sequence,
          kind: z.enum(['all', 'subject', 'session', 'token', 'key']),
          target: z.string().describe('Empty for all.'),
          at: time,
          expires_at: time.describe('From then on the entry cannot matter any more.'),
          before: time.nullable().describe('What started earlier is meant; `null` where one thing is.'),
        }),
      ),
      head: z.object({ epoch: z.string(), sequence }),
    }),
  },
  async handle({ query }, { auth }) {
    const { records, head } = await auth.revoke.log(query);
    return {
      records: records.map((record) => ({
        sequence: record.sequence,
        kind: record.kind,
        target: record.target,
        at: presentTime(record.atMs),
        expires_at: presentTime(record.expiresMs),
        before: presentOptionalTime(record.beforeMs),
      })),
      head: { epoch: head.epoch, sequence: head.sequence },
    };
  },
});
