/** One row of the table of everything that can be refused. */
export interface ErrorDescription {
  /** The HTTP status it is answered with. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 409 | 413 | 414 | 415 | 422 | 429 | 431 | 500 | 503;
  /** The same for every occurrence, RFC 9457 §3.1.3. */
  readonly title: string;
  /** The public sentence: what happened and what to do. It never repeats input. */
  readonly sentence: string;
  /** The `error` of a WWW-Authenticate challenge, RFC 6750 §3.1, where one is due. */
  readonly bearer?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number;
}

/** Code → what it means. `docs/errors/` has a page for each, generated from here. */
export const ERROR_CATALOGUE = {
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
  ERR_FEED_STALE: {
    status: 503,
    title: 'Revocations unknown',
    sentence:
      'The newest revocations could not be read for longer than this place allows. Try again shortly.',
    retryAfterSeconds: 1,
  },

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
    sentence: 'The database did not answer in time. Nothing was changed; try again shortly.',
    retryAfterSeconds: 2,
  },
  ERR_OVERLOADED: {
    status: 503,
    title: 'Too much to do',
    sentence: 'The server is busy. Try again shortly.',
    retryAfterSeconds: 2,
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
  ERR_CLAIM_RESERVED: {
    status: 500,
    title: 'Reserved claim',
    sentence: 'The application set a claim that the issuer sets itself; give it another name.',
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

  ERR_SIGN_IN_FAILED: {
    status: 401,
    title: 'Sign-in failed',
    sentence: 'The address or the password is wrong.',
  },
  ERR_SIGN_UP_CLOSED: {
    status: 403,
    title: 'Sign-up is closed',
    sentence: 'Nobody can sign up here at present.',
  },
  ERR_EMAIL_TAKEN: {
    status: 409,
    title: 'Address in use',
    sentence: 'There is an account with this address already. Sign in instead.',
  },
  ERR_EMAIL_INVALID: {
    status: 422,
    title: 'Not an e-mail address',
    sentence: 'The member “email” is not an e-mail address of at most 254 characters.',
  },
  ERR_PASSWORD_TOO_SHORT: {
    status: 422,
    title: 'Password too short',
    sentence: 'The password must have at least 8 characters; 15 are better.',
  },
  ERR_PASSWORD_TOO_LONG: {
    status: 422,
    title: 'Password too long',
    sentence: 'The password may have at most 256 characters.',
  },

  ERR_CROSS_SITE: {
    status: 403,
    title: 'Cross-site request',
    sentence:
      'The request came from another site, or does not show that it did not. A program that is no browser sends no cookies, and asks for “delivery”: “body” where it signs in.',
  },
  ERR_DELIVERY_FORBIDDEN: {
    status: 403,
    title: 'Tokens not given to a page',
    sentence: 'A page gets its tokens in cookies. Leave out “delivery”, or have the origin listed.',
  },
  ERR_BODY_TOO_LARGE: {
    status: 413,
    title: 'Body too large',
    sentence: 'The body of the request is larger than this route takes.',
  },
  ERR_BODY_NOT_JSON: {
    status: 400,
    title: 'Not JSON',
    sentence: 'The body is not a JSON object in UTF-8 with members that occur once, nested at most 8 deep.',
  },
  ERR_BODY_INVALID: {
    status: 422,
    title: 'Wrong members',
    sentence: 'The body lacks a member or has one of the wrong type; “errors” names the members.',
  },
  ERR_CONTENT_TYPE: {
    status: 415,
    title: 'Wrong content type',
    sentence: 'This route takes application/json.',
  },
  ERR_REQUEST_MALFORMED: {
    status: 400,
    title: 'Malformed request',
    sentence: 'The request does not follow HTTP, or its address cannot be decoded.',
  },
  ERR_HEADERS_TOO_LARGE: {
    status: 431,
    title: 'Headers too large',
    sentence: 'The headers of the request are larger than the server takes. Clear the cookies of this site.',
  },
  ERR_ROUTE_UNKNOWN: {
    status: 404,
    title: 'Nothing here',
    sentence: 'There is nothing at this address.',
  },
  ERR_METHOD: {
    status: 405,
    title: 'Wrong method',
    sentence: 'This address does not take that method; “Allow” lists those it takes.',
  },
  ERR_INTERNAL: {
    status: 500,
    title: 'Something broke',
    sentence: 'Something broke on the server. Try again, and tell the operator if it stays.',
  },
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function describeError(code: ErrorCode): ErrorDescription {
  return ERROR_CATALOGUE[code];
}
