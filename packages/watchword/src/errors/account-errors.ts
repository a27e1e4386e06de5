import type { ErrorDescription } from './error-description.ts';

/** Why nobody signed up or in. */
export const ACCOUNT_ERRORS = {
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
} as const satisfies Record<string, ErrorDescription>;
