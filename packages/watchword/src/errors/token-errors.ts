import type { ErrorDescription } from './error-description.ts';

/** Why an access token, or another credential that is judged at once, is not taken. */
export const TOKEN_ERRORS = {
  ERR_TOKEN_MISSING: {
    status: 401,
    title: 'Not signed in',
    sentence: 'The request carries no access token. Sign in first.',
  },
  ERR_TOKEN_MALFORMED: {
    status: 401,
    title: 'Malformed token',
    sentence: 'The access token is not a signed token of the form that is issued here.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_TYPE: {
    status: 401,
    title: 'Wrong kind of token',
    sentence: 'The token is of another kind than this place takes.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_ALGORITHM: {
    status: 401,
    title: 'Wrong algorithm',
    sentence: 'The token names an algorithm that its key does not have.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_KEY_UNKNOWN: {
    status: 401,
    title: 'Unknown key',
    sentence: 'The token names a key that is not, or no longer, in use. Refresh, or sign in again.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_SIGNATURE: {
    status: 401,
    title: 'Wrong signature',
    sentence: 'The signature of the token is wrong.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_CLAIMS: {
    status: 401,
    title: 'Wrong claims',
    sentence: 'A claim that the token must have is missing or of the wrong type.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_ISSUER: {
    status: 401,
    title: 'Wrong issuer',
    sentence: 'The token was issued by somebody else.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_AUDIENCE: {
    status: 401,
    title: 'Wrong audience',
    sentence: 'The token is meant for somebody else.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_EXPIRED: {
    status: 401,
    title: 'Expired token',
    sentence: 'The access token has expired. Refresh it.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_NOT_YET_VALID: {
    status: 401,
    title: 'Token not valid yet',
    sentence: 'The token is dated in the future. Compare the clocks.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_REVOKED: {
    status: 401,
    title: 'Revoked token',
    sentence: 'The token, its session or its key was revoked. Sign in again.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_TOO_OLD: {
    status: 401,
    title: 'Sign-in too long ago',
    sentence: 'This place wants a fresher sign-in. Sign in again.',
    bearer: 'invalid_token',
  },
  ERR_TOKEN_SCOPE: {
    status: 403,
    title: 'Not allowed',
    sentence: 'The token lacks a scope that this place wants.',
    bearer: 'insufficient_scope',
  },
  ERR_TOKEN_AMBIGUOUS: {
    status: 400,
    title: 'More than one credential',
    sentence: 'The request carries its credential in more than one place. Send one.',
    bearer: 'invalid_request',
  },
  ERR_KEYS_UNAVAILABLE: {
    status: 503,
    title: 'Keys unknown',
    sentence: 'The keys of the issuer could not be fetched yet. Try again shortly.',
    retryAfterSeconds: 1,
  },
  ERR_FEED_STALE: {
    status: 503,
    title: 'Revocations unknown',
    sentence:
      'The newest revocations could not be read for longer than this place allows. Try again shortly.',
    retryAfterSeconds: 1,
  },
  ERR_ADMIN_CREDENTIAL: {
    status: 401,
    title: 'Not for everybody',
    sentence:
      'This address is for operators: send the admin credential, which the server writes beside its data, as a bearer token.',
  },
} as const satisfies Record<string, ErrorDescription>;
