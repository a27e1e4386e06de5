/** How far the clocks of an installation's machines may lie apart, in milliseconds: NTP keeps them far closer. */
export const CLOCK_SKEW_MS = 30_000;

/** How far a clock may be set wrong and right again without anything that was revoked coming back to life, in milliseconds. */
export const CLOCK_JUMP_MS = 2 * 3_600_000;

/** Access tokens that live longer have to be asked for by an option whose name says that it is unsafe. */
export const MAX_ACCESS_TTL_SECONDS = 3600;

/** How long a JWKS may be cached, RFC 9111 `max-age`. */
export const JWKS_MAX_AGE_SECONDS = 300;

/** How long before it signs a key is announced that was made by schedule: whoever cached the JWKS has asked again by then. */
export const SCHEDULED_KEY_LEAD_MS = (JWKS_MAX_AGE_SECONDS + 60) * 1000;

/** From when on a new signing key signs: every process that shares the store has it by then. */
export const KEY_LEAD_MS = 250;

/** The most sessions of one subject that are listed. */
export const MAX_LISTED_SESSIONS = 100;
