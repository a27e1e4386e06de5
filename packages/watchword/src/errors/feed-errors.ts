import type { ErrorDescription } from './error-description.ts';

/** Why a verifier is not served the revocation feed as it asked. */
export const FEED_ERRORS = {
  ERR_FEED_POSITION_INVALID: {
    status: 400,
    title: 'No such position',
    sentence:
      'The position in the feed is missing, malformed, or beyond what was ever sent. Send the id of the last event, or load a snapshot.',
  },
  ERR_FEED_POSITION: {
    status: 409,
    title: 'Position unknown',
    sentence:
      'The feed cannot go on from this position. Load a snapshot, and keep what is known until it expires.',
  },
  ERR_FEED_INSTANCES: {
    status: 429,
    title: 'Too many verifiers',
    sentence: 'This client has as many running verifiers as it may have. Register another client.',
    retryAfterSeconds: 60,
  },
} as const satisfies Record<string, ErrorDescription>;
