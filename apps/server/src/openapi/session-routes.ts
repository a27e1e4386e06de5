import { z } from 'zod';
import { time } from '../admin/values.ts';
import type { RouteDescription } from './route-description.ts';
import { ACCESS_TOKEN_REFUSALS } from './shared-refusals.ts';

const user = z.object({ id: z.string(), email: z.string() }).meta({ id: 'User' });

const delivery = z.enum(['cookie', 'body']);

const currentSession = z
  .object({
    subject: z.string(),
    session_id: z.string(),
    client_id: z.string(),
    expires_in: z.number().int().min(0).describe('Seconds until what the client holds is to be renewed.'),
    lifetime: z
      .number()
      .int()
      .min(0)
      .describe('The same in whole: of how many seconds these are what is left.'),
    scope: z.array(z.string()),
    user: user.optional(),
    session: z.object({
      id: z.string(),
      delivery,
      remembered: z.boolean(),
      started_at: time,
      last_refreshed_at: time,
      idle_expires_at: time,
      expires_at: time,
    }),
    chain: z
      .object({
        generation: z.number().int(),
        delivered_at: time.nullable(),
        settled: z.boolean(),
        late: z.number().int(),
        rotation: z.enum(['resilient', 'strict']),
        race_window_ms: z.number().int(),
        settling_ms: z.number(),
      })
      .describe('Where its chain of refresh tokens stands.'),
  })
  .meta({ id: 'CurrentSession' });

const listedSession = z
  .object({
    id: z.string(),
    current: z.boolean().describe('Whether it is the one that asks.'),
    client_id: z.string(),
    delivery,
    remembered: z.boolean(),
    user_agent: z.string().nullable(),
    address_prefix: z.string().nullable(),
    started_at: time,
    last_refreshed_at: time,
    idle_expires_at: time,
    expires_at: time,
  })
  .meta({ id: 'Session' });

/** What a user sees of their own sessions, and does with them. */
export const SESSION_ROUTES: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/auth/session',
    group: 'sessions',
    summary: 'The session that asks',
    security: ['accessToken', 'accessCookie', 'opaqueCookie'],
    responses: { 200: { description: 'The session.', schema: currentSession } },
    refusals: ACCESS_TOKEN_REFUSALS,
  },
  {
    method: 'GET',
    path: '/auth/sessions',
    group: 'sessions',
    summary: 'The user’s own live sessions, newest first, at most 100',
    security: ['accessToken', 'accessCookie', 'opaqueCookie'],
    responses: {
      200: { description: 'The sessions.', schema: z.object({ sessions: z.array(listedSession) }) },
    },
    refusals: ACCESS_TOKEN_REFUSALS,
  },
  {
    method: 'DELETE',
    path: '/auth/sessions',
    group: 'sessions',
    summary: 'End all of the user’s sessions but the one that asks',
    security: ['accessToken', 'accessCookie', 'opaqueCookie'],
    responses: {
      200: { description: 'How many ended.', schema: z.object({ ended: z.number().int().min(0) }) },
    },
    refusals: [...ACCESS_TOKEN_REFUSALS, 'ERR_CROSS_SITE', 'ERR_SESSION_UNKNOWN'],
  },
  {
    method: 'DELETE',
    path: '/auth/sessions/{id}',
    group: 'sessions',
    summary: 'End one of the user’s sessions',
    security: ['accessToken', 'accessCookie', 'opaqueCookie'],
    params: z.object({ id: z.string() }),
    responses: { 204: { description: 'The session is over.' } },
    refusals: [...ACCESS_TOKEN_REFUSALS, 'ERR_CROSS_SITE', 'ERR_SESSION_UNKNOWN', 'ERR_ROUTE_UNKNOWN'],
  },
];
