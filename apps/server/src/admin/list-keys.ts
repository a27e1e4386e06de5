import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { keySchema, presentKey } from './key-schema.ts';

export const listKeys = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/keys',
  summary: 'The signing keys',
  success: { status: 200, description: 'All of them.', schema: z.object({ keys: z.array(keySchema) }) },
  async handle(_input, { auth }) {
    return { keys: auth.keys.list().map(presentKey) };
  },
});
