import { selfCheckSchema } from '../openapi/self-check-schema.ts';
import { defineEndpoint } from './endpoint.ts';
import { presentTime } from './values.ts';

export const selfCheck = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/self-check',
  summary: 'What the proxies in front break',
  success: { status: 200, description: 'What was seen, at most ten seconds ago.', schema: selfCheckSchema },
  async handle(_input, { auth }) {
    const { ok, atMs, checks } = await auth.selfCheck();
    return { ok, checked_at: presentTime(atMs), checks: checks.map((check) => ({ ...check })) };
  },
});
