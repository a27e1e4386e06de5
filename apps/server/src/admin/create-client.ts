import { z } from 'zod';
import { clientRole, clientWithSecret, presentClient } from './client-schema.ts';
import { defineEndpoint } from './endpoint.ts';
import { plainText } from './values.ts';

/** `app` is the client that has no secret. */
const CLIENT_ID = /^(?!app$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const createClient = defineEndpoint({
  method: 'POST',
  path: '/admin/v1/clients',
  summary: 'Register a client',
  body: z.strictObject({
    id: z
      .string()
      .regex(
        CLIENT_ID,
        'An id has 1 to 64 letters, digits, dots, hyphens and underscores, begins with a letter or digit, and is not `app`.',
      )
      .describe('Default: a UUID. An id can be used once, also where its client was deleted.')
      .optional(),
    name: plainText.describe('Default: the id.').optional(),
    roles: z
      .array(clientRole)
      .max(3)
      .refine((roles) => new Set(roles).size === roles.length, 'A role is named twice.')
      .meta({ uniqueItems: true })
      .optional(),
  }),
  success: { status: 201, description: 'The client and its secret.', schema: clientWithSecret },
  refusals: ['ERR_CLIENT_EXISTS'],
  async handle({ body: { id, name, roles } }, { auth }) {
    const { client, secret } = await auth.clients.create({
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...(roles !== undefined && { roles }),
    });
    return { client: presentClient(client), secret };
  },
});
