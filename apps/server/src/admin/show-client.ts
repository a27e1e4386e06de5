import { WatchwordError } from 'watchword';
import { z } from 'zod';
import { clientSchema, presentClient } from './client-schema.ts';
import { defineEndpoint } from './endpoint.ts';

export const showClient = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/clients/{id}',
  summary: 'One client',
  params: z.strictObject({ id: z.string() }),
  success: { status: 200, description: 'The client.', schema: clientSchema },
  refusals: ['ERR_CLIENT_UNKNOWN'],
  async handle({ params: { id } }, { auth }) {
    const client = await auth.clients.get(id);
    if (client === undefined) throw new WatchwordError('ERR_CLIENT_UNKNOWN');
    return presentClient(client);
  },
});
