import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';

export const rewrapKeys = defineEndpoint({
  method: 'POST',
  path: '/admin/v1/keys/rewrap',
  summary: 'Seal everything under the newest secret',
  description: 'For what still lies under the former secret. Happens by itself within a minute.',
  success: {
    status: 200,
    description: 'Nothing lies under the former secret any more.',
    schema: z.object({ rows: z.number().int().min(0).describe('How many rows were sealed anew.') }),
  },
  handle: (_input, { auth }) => auth.keys.rewrap(),
});
