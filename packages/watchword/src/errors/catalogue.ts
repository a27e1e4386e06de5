import { ACCOUNT_ERRORS } from './account-errors.ts';
import { APPLICATION_ERRORS } from './application-errors.ts';
import { FEED_ERRORS } from './feed-errors.ts';
import { HTTP_ERRORS } from './http-errors.ts';
import { SESSION_ERRORS } from './session-errors.ts';
import { TOKEN_ERRORS } from './token-errors.ts';
import type { ErrorDescription } from './error-description.ts';

export type { ErrorDescription } from './error-description.ts';

/** Code → what it means. `docs/errors/` has a page for each, generated from here. */
export const ERROR_CATALOGUE = {
  ...APPLICATION_ERRORS,
  ...TOKEN_ERRORS,
  ...SESSION_ERRORS,
  ...ACCOUNT_ERRORS,
  ...FEED_ERRORS,
  ...HTTP_ERRORS,
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function describeError(code: ErrorCode): ErrorDescription {
  return ERROR_CATALOGUE[code];
}
