import type { Revoked, RevokeOptions, Watchword } from 'watchword';
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { optionalReceipts, presentReceipts, wait, waitOption } from './receipts-schema.ts';
import { plainText, sequence, sessionId } from './values.ts';

const TOKEN_ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;

const dry_run = z.boolean().default(false).describe('Only count what would end.');

const body = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all'), dry_run, wait }),
  z.strictObject({ kind: z.literal('subject'), target: plainText, dry_run, wait }),
  z.strictObject({ kind: z.literal('session'), target: sessionId, dry_run, wait }),
  z.strictObject({
    kind: z.literal('token'),
    target: z.string().regex(TOKEN_ID, 'The target is the `jti` of a token of ours.'),
    dry_run,
    wait,
  }),
]);

type Target = z.output<typeof body>;

export const revoke = defineEndpoint({
  method: 'POST',
  path: '/admin/v1/revocations',
  summary: 'Revoke everything, a subject, a session or a token',
  body,
  success: {
    status: 200,
    description: 'Durable, and in force here; or, for a dry run, what it would be.',
    schema: z.object({
      sequence: sequence.nullable().describe('`null` for a dry run.'),
      live_sessions: z
        .number()
        .int()
        .min(0)
        .nullable()
        .describe('How many live sessions end by it; `null` for a token.'),
      dry_run: z.boolean(),
      receipts: optionalReceipts,
    }),
  },
  async handle({ body: target }, { auth }) {
    const live_sessions = await countLive(target, auth);
    const revoked = target.dry_run ? undefined : await carryOut(target, auth);
    return {
      sequence: revoked?.sequence ?? null,
      live_sessions,
      dry_run: target.dry_run,
      receipts: presentReceipts(revoked?.receipts),
    };
  },
});

async function countLive(target: Target, { sessions }: Watchword): Promise<number | null> {
  switch (target.kind) {
    case 'all':
      return sessions.count({});
    case 'subject':
      return sessions.count({ subject: target.target });
    case 'session':
      return (await sessions.get(target.target)) === undefined ? 0 : 1;
    case 'token':
      return null;
  }
}

function carryOut(target: Target, { revoke: write }: Watchword): Promise<Revoked> {
  const options: RevokeOptions = waitOption(target.wait);
  switch (target.kind) {
    case 'all':
      return write.all(options);
    case 'subject':
      return write.subject(target.target, options);
    case 'session':
      return write.session(target.target, options);
    case 'token':
      return write.token(target.target, options);
  }
}
