import { z } from 'zod';
import { time } from '../admin/values.ts';

export const selfCheckSchema = z
  .object({
    ok: z.boolean(),
    checked_at: time,
    checks: z.array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        seen: z.string().describe('What came back, or what became of it on the way.'),
        advice: z.string().optional().describe('What to do about it, where it is not ok.'),
      }),
    ),
  })
  .meta({
    id: 'SelfCheck',
    description: 'What the server saw when it asked its own address through all proxies in front of it.',
  });
