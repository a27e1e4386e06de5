import type { EpochMs } from './time.ts';

/**
 * What a registered client may do besides using its own tokens. `service` acts for any client: it may revoke everybody's
 * tokens. `introspect` may ask what a token is (RFC 7662). `verifier` may follow the revocation feed.
 */
export const CLIENT_ROLES = ['service', 'introspect', 'verifier'] as const;

export type ClientRole = (typeof CLIENT_ROLES)[number];

/** A program that proves itself with a secret: a confidential client of RFC 6749 §2.1. */
export interface Client {
  /** Its `client_id`. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly roles: readonly ClientRole[];
  readonly createdMs: EpochMs;
  /** When its secret was made. */
  readonly secretChangedMs: EpochMs;
  /** Until when the secret before this one is taken too. */
  readonly formerSecretUntilMs?: EpochMs;
}

const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** 1 to 64 letters, digits, dots, hyphens and underscores, of which a letter or digit comes first. */
export function isClientId(text: unknown): text is string {
  return typeof text === 'string' && CLIENT_ID.test(text);
}
