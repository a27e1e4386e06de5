import type { Session } from 'watchword';
import { z } from 'zod';
import { presentTime, time } from './values.ts';

export const sessionSchema = z
  .object({
    id: z.string(),
    subject: z.string(),
    client_id: z.string(),
    delivery: z.enum(['cookie', 'body']),
    remembered: z.boolean(),
    audience: z.array(z.string()),
    scope: z.array(z.string()),
    amr: z.array(z.string()),
    user_agent: z.string().nullable(),
    address_prefix: z.string().nullable(),
    started_at: time,
    last_refreshed_at: time,
    idle_expires_at: time,
    expires_at: time,
    status: z.enum(['live', 'ended', 'expired']),
    ended: z
      .object({ at: time, reason: z.enum(['signed_out', 'revoked', 'reused', 'displaced']) })
      .nullable(),
  })
  .meta({ id: 'AdminSession' });

export function presentSession(
  session: Session,
  status: 'live' | 'ended' | 'expired',
): z.input<typeof sessionSchema> {
  const { ended } = session;
  return {
    id: session.id,
    subject: session.subject,
    client_id: session.clientId,
    delivery: session.delivery,
    remembered: session.remembered,
    audience: [...session.audience],
    scope: [...session.scope],
    amr: [...session.amr],
    user_agent: session.userAgent ?? null,
    address_prefix: session.addressPrefix ?? null,
    started_at: presentTime(session.startedMs),
    last_refreshed_at: presentTime(session.lastRefreshedMs),
    idle_expires_at: presentTime(session.idleExpiresMs),
    expires_at: presentTime(session.absoluteExpiresMs),
    status,
    ended: ended === undefined ? null : { at: presentTime(ended.atMs), reason: ended.reason },
  };
}
