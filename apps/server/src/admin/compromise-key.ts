import { WatchwordError } from 'watchword';
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { optionalReceipts, presentReceipts, wait, waitOption } from './receipts-schema.ts';
import { sequence } from './values.ts';

export const compromiseKey = defineEndpoint({
  method: 'POST',
  path: '/admin/v1/keys/{kid}/compromise',
  summary: 'Kill a key and everything that it signed',
  params: z.strictObject({ kid: z.string() }),
  body: z.strictObject({ wait }),
  success: {
    status: 200,
    description: 'Durable, and in force here.',
    schema: z.object({ sequence, receipts: optionalReceipts }),
  },
  refusals: ['ERR_KEY_UNKNOWN'],
  async handle({ params: { kid }, body }, { auth }) {
    if (!auth.keys.list().some(({ id }) => id === kid)) throw new WatchwordError('ERR_KEY_UNKNOWN');
    const revoked = await auth.keys.compromise(kid, waitOption(body.wait));
    return { sequence: revoked.sequence, receipts: presentReceipts(revoked.receipts) };
  },
});
