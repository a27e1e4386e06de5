import type { ErrorDescription } from './error-description.ts';

/** What an application or its operator did wrong. */
export const APPLICATION_ERRORS = {
  ERR_CONFIG: {
    status: 500,
    title: 'Wrong configuration',
    sentence: 'Watchword was set up in a way that it refuses to run with; the message says what to set.',
  },
  ERR_CLOSED: {
    status: 503,
    title: 'Closed',
    sentence: 'This instance was closed; make a new one.',
    retryAfterSeconds: 1,
  },
  ERR_KEY_UNKNOWN: {
    status: 404,
    title: 'No such key',
    sentence: 'There is no signing key with this id.',
  },
  ERR_NO_SERVER: {
    status: 503,
    title: 'No server is running',
    sentence: 'Events are told by a running server, and none runs here. Start it and ask again.',
  },
  ERR_CLAIM_RESERVED: {
    status: 500,
    title: 'Reserved claim',
    sentence: 'The application set a claim that the issuer sets itself; give it another name.',
  },
  ERR_CLAIM_SENSITIVE: {
    status: 500,
    title: 'Sensitive claim',
    sentence:
      'The application put something into a token that nobody who holds the token should read; the message says which claim.',
  },
  ERR_TOKEN_TOO_LARGE: {
    status: 500,
    title: 'Token too large',
    sentence: 'The application put so much into the token that it no longer fits a cookie.',
  },
  ERR_OPTION: {
    status: 500,
    title: 'Wrong argument',
    sentence: 'The application called Watchword with an argument that it refuses; the message says which.',
  },
  ERR_KEY_REFUSED: {
    status: 500,
    title: 'Key refused',
    sentence:
      'A key is too weak, malformed, or not for this use; the message says what is wrong with it and what to use.',
  },
} as const satisfies Record<string, ErrorDescription>;
