import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { algorithmSchema, keySchema, presentKey } from './key-schema.ts';

export const rotateKey = defineEndpoint({
  method: 'POST',
  path: '/admin/v1/keys',
  summary: 'Make a new signing key',
  description: 'Answers once it signs. The one before verifies until its last token has expired.',
  body: z.strictObject({ algorithm: algorithmSchema.optional() }),
  success: { status: 201, description: 'The new key.', schema: keySchema },
  async handle({ body: { algorithm } }, { auth }) {
    return presentKey(await auth.keys.rotate(algorithm && { algorithm }));
  },
});
