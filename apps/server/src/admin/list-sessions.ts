import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { presentSession, sessionSchema } from './session-schema.ts';
import { numberInQuery, plainText, sessionId } from './values.ts';

export const listSessions = defineEndpoint({
  method: 'GET',
  path: '/admin/v1/sessions',
  summary: 'Live sessions, newest first',
  query: z.strictObject({
    subject: plainText.describe('Only those of this subject.').optional(),
    after: sessionId.describe('The `next` of the page before.').optional(),
    limit: numberInQuery(1, 1000).default(100),
  }),
  success: {
    status: 200,
    description: 'A page of them.',
    schema: z.object({
      sessions: z.array(sessionSchema),
      next: z.string().nullable().describe('What to give as `after`; `null` at the end.'),
    }),
  },
  async handle({ query }, { auth }) {
    const { subject, after, limit } = query;
    const page = await auth.sessions.page({
      limit,
      ...(subject !== undefined && { subject }),
      ...(after !== undefined && { after }),
    });
    const sessions = page.sessions.map((session) => presentSession(session, 'live'));
    return { sessions, next: page.next ?? null };
  },
});
