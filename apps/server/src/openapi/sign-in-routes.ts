import { z } from 'zod';
import { time } from '../admin/values.ts';
import type { RouteDescription } from './route-description.ts';
import { BODY_REFUSALS, TOKENS_REFUSALS } from './shared-refusals.ts';

const credentials = z
  .object({
    email: z.string().max(1024),
    password: z.string().max(4096),
    delivery: z
      .enum(['cookie', 'body'])
      .default('cookie')
      .describe('Pages get their tokens in cookies; programs ask for them in the body.'),
    remember: z.boolean().default(true).describe('Whether the session outlives the browser.'),
  })
  .meta({ id: 'Credentials' });

const presentedRefresh = z
  .object({
    refresh_token: z.string().max(1024).optional(),
    client_id: z.string().max(255).optional(),
  })
  .meta({ id: 'PresentedRefresh', description: 'Empty where the refresh token comes in its cookie.' });

const tokens = z
  .object({
    session: z.object({ id: z.string(), expires_at: time, generation: z.number().int() }),
    expires_in: z.number().int().min(0).describe('Seconds until what the client was given is to be renewed.'),
    token_type: z.literal('Bearer').optional(),
    access_token: z.string().optional(),
    refresh_token: z.string().optional(),
  })
  .meta({ id: 'Tokens', description: 'The tokens themselves are there where the delivery is `body`.' });

const signedIn = tokens
  .extend({ user: z.object({ id: z.string(), email: z.string() }) })
  .meta({ id: 'SignedIn', description: 'The tokens themselves are there where the delivery is `body`.' });

/** How sessions of accounts of Watchword's own start, go on and end. */
export const SIGN_IN_ROUTES: readonly RouteDescription[] = [
  {
    method: 'POST',
    path: '/auth/sign-up',
    group: 'sign-in',
    summary: 'Make an account and sign in',
    security: [],
    body: { type: 'application/json', schema: credentials, optional: false },
    responses: { 201: { description: 'The account and its first session.', schema: signedIn } },
    refusals: [
      ...BODY_REFUSALS,
      ...TOKENS_REFUSALS,
      'ERR_SIGN_UP_CLOSED',
      'ERR_EMAIL_TAKEN',
      'ERR_EMAIL_INVALID',
      'ERR_PASSWORD_TOO_SHORT',
      'ERR_PASSWORD_TOO_LONG',
      'ERR_SESSION_LIMIT',
    ],
  },
  {
    method: 'POST',
    path: '/auth/sign-in',
    group: 'sign-in',
    summary: 'Start a session with address and password',
    security: [],
    body: { type: 'application/json', schema: credentials, optional: false },
    responses: { 200: { description: 'The session.', schema: signedIn } },
    refusals: [...BODY_REFUSALS, ...TOKENS_REFUSALS, 'ERR_SIGN_IN_FAILED', 'ERR_SESSION_LIMIT'],
  },
  {
    method: 'POST',
    path: '/auth/sign-out',
    group: 'sign-in',
    summary: 'End the session that asks',
    description: 'Who holds no token of a session is signed out already, which is answered alike.',
    security: ['refreshCookie', 'opaqueCookie', 'accessToken', 'anonymous'],
    body: { type: 'application/json', schema: presentedRefresh, optional: true },
    responses: { 204: { description: 'The session is over.' } },
    refusals: [...BODY_REFUSALS, 'ERR_REFRESH_AMBIGUOUS', 'ERR_CROSS_SITE'],
  },
  {
    method: 'POST',
    path: '/auth/refresh',
    group: 'sign-in',
    summary: 'Exchange a refresh token',
    description: 'The answer comes the way that the token came: in cookies, or in the body.',
    security: ['refreshCookie', 'opaqueCookie', 'anonymous'],
    body: { type: 'application/json', schema: presentedRefresh, optional: true },
    responses: {
      200: {
        description: 'A fresh access token, and the refresh token that is now the newest.',
        schema: tokens,
      },
    },
    refusals: [
      ...BODY_REFUSALS,
      ...TOKENS_REFUSALS,
      'ERR_REFRESH_AMBIGUOUS',
      'ERR_REFRESH_MISSING',
      'ERR_REFRESH_INVALID',
      'ERR_STORE_ROLLED_BACK',
    ],
  },
  {
    method: 'GET',
    path: '/auth/errors/{code}',
    group: 'sign-in',
    summary: 'What a code of a problem means',
    security: [],
    params: z.object({ code: z.string() }),
    responses: { 200: { description: 'In words.', type: 'text/plain', schema: z.string() } },
    refusals: ['ERR_ROUTE_UNKNOWN'],
  },
];
