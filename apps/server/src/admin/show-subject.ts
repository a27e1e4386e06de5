import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { plainText } from './values.ts';

export const showSubject = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/subjects/{subject}',
  summary: 'How many live sessions a subject has',
  description: 'Subjects are the application’s own: one that nobody has heard of has none.',
  params: z.strictObject({ subject: plainText }),
  success: {
    status: 200,
    description: 'The subject.',
    schema: z.object({ subject: z.string(), live_sessions: z.number().int().min(0) }),
  },
  async handle({ params: { subject } }, { auth }) {
    return { subject, live_sessions: await auth.sessions.count({ subject }) };
  },
});
