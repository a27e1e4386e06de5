import { z } from 'zod';
import { clientSchema, presentClient } from './client-schema.ts';
import { defineEndpoint } from './endpoint.ts';

export const listClients = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/clients',
  summary: 'The registered clients, by id',
  success: { status: 200, description: 'All of them.', schema: z.object({ clients: z.array(clientSchema) }) },
  async handle(_input, { auth }) {
    return { clients: (await auth.clients.list()).map(presentClient) };
  },
});
