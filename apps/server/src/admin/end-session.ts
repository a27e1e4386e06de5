import { WatchwordError } from 'watchword';
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { optionalReceipts, presentReceipts, wait, waitOption } from './receipts-schema.ts';
import { sequence } from './values.ts';

export const endSession = defineEndpoint({
  method: 'DELETE',
  path: '/admin/v1/sessions/{id}',
  summary: 'End a session and revoke its tokens',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ wait }),
  success: {
    status: 200,
    description: 'The session is over, in force everywhere that knows the log up to `sequence`.',
    schema: z.object({
      sequence,
      revoked: z
        .boolean()
        .describe('`false` where it was over already: nothing was written, nor waited for.'),
      receipts: optionalReceipts,
    }),
  },
  refusals: ['ERR_SESSION_UNKNOWN'],
  async handle({ params, query }, { auth }) {
    const found = await auth.sessions.find(params.id);
    if (found === undefined) throw new WatchwordError('ERR_SESSION_UNKNOWN');
    if (found.status !== 'live') {
      const { head } = await auth.revoke.log({ limit: 1 });
      return { sequence: head.sequence, revoked: false, receipts: null };
    }
    const revoked = await auth.revoke.session(params.id, waitOption(query.wait));
    return { sequence: revoked.sequence, revoked: true, receipts: presentReceipts(revoked.receipts) };
  },
});
