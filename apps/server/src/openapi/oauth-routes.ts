import { z } from 'zod';
import type { Responses, RouteDescription } from './route-description.ts';

const oauthError = z
  .object({
    error: z.enum([
      'invalid_request',
      'invalid_client',
      'invalid_grant',
      'invalid_scope',
      'unauthorized_client',
      'unsupported_grant_type',
    ]),
    error_description: z.string(),
  })
  .meta({ id: 'OAuthError', description: 'RFC 6749 §5.2.' });

const oauthFailure = z
  .object({
    error: z.enum(['temporarily_unavailable', 'server_error']),
    error_description: z.string(),
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
  })
  .meta({
    id: 'OAuthFailure',
    description: 'What broke, with the members of problem details beside those of OAuth.',
  });

/** Who is refused because of who they are. */
export const CLIENT_REFUSALS: Responses = {
  401: { description: 'The client did not prove itself.', schema: oauthError },
  403: { description: 'The client may not do this.', schema: oauthError },
};

const OTHER_REFUSALS: Responses = {
  ...CLIENT_REFUSALS,
  400: { description: 'The request was refused.', schema: oauthError },
  500: { description: 'Something broke.', schema: oauthFailure },
  503: { description: 'It cannot be answered now.', schema: oauthFailure },
};

/** RFC 6749 §2.3.1: beside HTTP Basic, which is the better way. */
const clientInBody = {
  client_id: z.string().describe('Default: `app`, the client without a secret.').optional(),
  client_secret: z.string().optional(),
};

const presentedToken = z.object({
  token: z.string(),
  token_type_hint: z.string().describe('Not needed, and not looked at.').optional(),
  ...clientInBody,
});

const FORM = 'application/x-www-form-urlencoded';

/** What programs use that have a client id. */
export const OAUTH_ROUTES: readonly RouteDescription[] = [
  {
    method: 'POST',
    path: '/oauth/token',
    group: 'oauth',
    summary: 'Exchange a refresh token, RFC 6749 §6',
    security: ['client', 'anonymous'],
    body: {
      type: FORM,
      schema: z.object({
        grant_type: z.enum(['refresh_token']),
        refresh_token: z.string(),
        scope: z.string().describe('Some of the scope of the session.').optional(),
        ...clientInBody,
      }),
      optional: false,
    },
    responses: {
      200: {
        description: 'A fresh access token, and the refresh token that is now the newest.',
        schema: z
          .object({
            access_token: z.string(),
            token_type: z.literal('Bearer'),
            expires_in: z.number().int().min(0),
            refresh_token: z.string(),
            scope: z.string().optional(),
          })
          .meta({ id: 'OAuthTokens', description: 'RFC 6749 §5.1.' }),
      },
    },
    refusals: [],
    otherRefusals: OTHER_REFUSALS,
  },
  {
    method: 'POST',
    path: '/oauth/revoke',
    group: 'oauth',
    summary: 'Revoke a token, RFC 7009',
    security: ['client', 'anonymous'],
    body: { type: FORM, schema: presentedToken, optional: false },
    responses: {
      200: { description: 'The token is worthless, whether or not it was worth anything before.' },
    },
    refusals: [],
    otherRefusals: OTHER_REFUSALS,
  },
  {
    method: 'POST',
    path: '/oauth/introspect',
    group: 'oauth',
    summary: 'What a token is, RFC 7662',
    security: ['client', 'anonymous'],
    body: { type: FORM, schema: presentedToken, optional: false },
    responses: {
      200: {
        description: 'Whether it is active, and if so its claims.',
        schema: z.looseObject({ active: z.boolean() }).meta({ id: 'Introspection' }),
      },
    },
    refusals: [],
    otherRefusals: OTHER_REFUSALS,
  },
];
