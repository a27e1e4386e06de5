/** How who asks can show who they are, as OpenAPI has it. */
export const SECURITY_SCHEMES = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of a session, RFC 6750 §2.1.',
  },
  accessCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-ww_at',
    description:
      'The access token of a session in its cookie. Requests that change something have to come from a page of the application.',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-ww_rt',
    description: 'The refresh token of a session in its cookie.',
  },
  opaqueCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-ww_sid',
    description: 'The id of an opaque session in its cookie, in place of both tokens.',
  },
  client: {
    type: 'http',
    scheme: 'basic',
    description: 'The id and the secret of a registered client, RFC 6749 §2.3.1.',
  },
  admin: {
    type: 'http',
    scheme: 'bearer',
    description: 'The admin credential, which each start of the server writes beside its data.',
  },
} as const;

export type SecurityScheme = keyof typeof SECURITY_SCHEMES;
