import type { ErrorCode } from 'watchword';

/** What can be wrong with a JSON body. */
export const BODY_REFUSALS: readonly ErrorCode[] = [
  'ERR_BODY_TOO_LARGE',
  'ERR_BODY_NOT_JSON',
  'ERR_BODY_INVALID',
  'ERR_CONTENT_TYPE',
];

/** What can be wrong with an access token. */
export const ACCESS_TOKEN_REFUSALS: readonly ErrorCode[] = [
  'ERR_TOKEN_MISSING',
  'ERR_TOKEN_AMBIGUOUS',
  'ERR_TOKEN_MALFORMED',
  'ERR_TOKEN_TYPE',
  'ERR_TOKEN_ALGORITHM',
  'ERR_TOKEN_KEY_UNKNOWN',
  'ERR_TOKEN_SIGNATURE',
  'ERR_TOKEN_CLAIMS',
  'ERR_TOKEN_ISSUER',
  'ERR_TOKEN_AUDIENCE',
  'ERR_TOKEN_EXPIRED',
  'ERR_TOKEN_NOT_YET_VALID',
  'ERR_TOKEN_REVOKED',
  'ERR_FEED_STALE',
  'ERR_STORE_ROLLED_BACK',
];

/** What can go wrong when a session is started or goes on, whoever asks. */
export const TOKENS_REFUSALS: readonly ErrorCode[] = [
  'ERR_CROSS_SITE',
  'ERR_DELIVERY_FORBIDDEN',
  'ERR_CLAIM_RESERVED',
  'ERR_CLAIM_SENSITIVE',
  'ERR_TOKEN_TOO_LARGE',
];
