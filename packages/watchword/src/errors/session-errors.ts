import type { ErrorDescription } from './error-description.ts';

/** Why a session was not started, found or renewed, or a client not served. */
export const SESSION_ERRORS = {
  ERR_REFRESH_MISSING: {
    status: 401,
    title: 'No refresh token',
    sentence: 'The request carries no refresh token. Sign in first.',
  },
  ERR_REFRESH_INVALID: {
    status: 401,
    title: 'Refresh token refused',
    sentence: 'The refresh token is not, or no longer, good for anything. Sign in again.',
  },
  ERR_REFRESH_AMBIGUOUS: {
    status: 400,
    title: 'Two refresh tokens',
    sentence: 'The request carries a refresh token in a cookie and another in its body. Send one.',
  },
  ERR_STORE_ROLLED_BACK: {
    status: 503,
    title: 'The store lost its latest writes',
    sentence:
      'The server has forgotten something that your client remembers. Keep your session and try again later.',
    retryAfterSeconds: 60,
  },
  ERR_STORE_UNAVAILABLE: {
    status: 503,
    title: 'The store does not answer',
    sentence:
      'The database did not answer in time. Whether anything was changed is not known; try again shortly.',
    retryAfterSeconds: 2,
  },
  ERR_OVERLOADED: {
    status: 503,
    title: 'Too much to do',
    sentence: 'The server is busy. Try again shortly.',
    retryAfterSeconds: 2,
  },
  ERR_PREFETCH_REFUSED: {
    status: 503,
    title: 'Not fetched ahead of its use',
    sentence:
      'The session has to be renewed before this page is rendered, which is done when the page is gone to, and not ahead of that.',
  },
  ERR_SESSION_UNKNOWN: {
    status: 404,
    title: 'No such session',
    sentence: 'There is no such session among yours.',
  },
  ERR_SESSION_LIMIT: {
    status: 409,
    title: 'Too many sessions',
    sentence: 'You are signed in at as many places as are allowed. Sign out at one of them first.',
  },
  ERR_EXCHANGED: {
    status: 409,
    title: 'Exchanged already',
    sentence: 'What you were signed in with before was exchanged for a session already. Sign in again.',
  },
  ERR_CLIENT_EXISTS: {
    status: 409,
    title: 'Client id in use',
    sentence: 'There is, or was, a client with this id. Choose another.',
  },
  ERR_CLIENT_UNKNOWN: {
    status: 404,
    title: 'No such client',
    sentence: 'There is no client with this id.',
  },
} as const satisfies Record<string, ErrorDescription>;
