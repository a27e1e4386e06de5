import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';

export const deleteClient = defineEndpoint({
  method: 'DELETE',
  path: '/admin/v1/clients/{id}',
  summary: 'Delete a client',
  description: 'Its secrets are worthless from then on. Its id is not given to another client.',
  params: z.strictObject({ id: z.string() }),
  success: { status: 204, description: 'The client is gone.' },
  refusals: ['ERR_CLIENT_UNKNOWN'],
  async handle({ params: { id } }, { auth }) {
    await auth.clients.delete(id);
  },
});
