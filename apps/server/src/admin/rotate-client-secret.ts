import { z } from 'zod';
import { clientWithSecret, presentClient } from './client-schema.ts';
import { defineEndpoint } from './endpoint.ts';

const WEEK_SECONDS = 604_800;

export const rotateClientSecret = defineEndpoint({
  method: 'POST',
  path: '/admin/v1/clients/{id}/secret',
  summary: 'Make a new secret for a client',
  params: z.strictObject({ id: z.string() }),
  body: z.strictObject({
    keep_former_for_seconds: z
      .number()
      .int()
      .min(0)
      .max(WEEK_SECONDS)
      .default(0)
      .describe(
        'How long the secret before this one still works, so that the client can be changed in peace.',
      ),
  }),
  success: { status: 200, description: 'The client and its new secret.', schema: clientWithSecret },
  refusals: ['ERR_CLIENT_UNKNOWN'],
  async handle({ params, body }, { auth }) {
    const { client, secret } = await auth.clients.rotate(params.id, {
      keepFormerForSeconds: body.keep_former_for_seconds,
    });
    return { client: presentClient(client), secret };
  },
});
