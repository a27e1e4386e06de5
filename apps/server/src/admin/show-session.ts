import { WatchwordError } from 'watchword';
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { presentSession, sessionSchema } from './session-schema.ts';

export const showSession = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/sessions/{id}',
  summary: 'One session, also one that has ended',
  params: z.strictObject({ id: z.string() }),
  success: { status: 200, description: 'The session.', schema: sessionSchema },
  refusals: ['ERR_SESSION_UNKNOWN'],
  async handle({ params }, { auth }) {
    const found = await auth.sessions.find(params.id);
    if (found === undefined) throw new WatchwordError('ERR_SESSION_UNKNOWN');
    return presentSession(found.session, found.status);
  },
});
