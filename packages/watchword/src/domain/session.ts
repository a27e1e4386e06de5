import type { JsonObject } from './json.ts';
import type { SessionId } from './ids.ts';
import type { SessionPlace } from './place.ts';
import type { ChainState } from './refresh-chain.ts';
import type { EpochMs } from './time.ts';

/** How a session's tokens reach its client. Its refresh token is refused on the other channel. */
export type Delivery = 'cookie' | 'body';

/** `displaced`: the subject had as many sessions as are allowed, and a newer one took its place. */
export type SessionEndReason = 'signed_out' | 'revoked' | 'reused' | 'displaced';

/** How many live sessions a subject may have, and what happens to the one that would be too many. */
export interface SessionLimit {
  readonly perSubject: number;
  /** `end_oldest` makes room; `refuse` leaves the newcomer outside. */
  readonly whenReached: 'end_oldest' | 'refuse';
}

/** Somebody signed in at one client. The same row is the token family of RFC 9700 §4.14.2. */
export interface Session extends SessionPlace {
  readonly id: SessionId;
  /** The `sub` of its tokens: the application's own name for the user. */
  readonly subject: string;
  readonly clientId: string;
  readonly delivery: Delivery;
  /** Whether it outlives the browser that it was started in: its cookies say when they expire, its life is the long one. */
  readonly remembered: boolean;
  /** The `aud` of its tokens: one or more. */
  readonly audience: readonly string[];
  /** The scope values of RFC 6749 §3.3; none is possible. */
  readonly scope: readonly string[];
  /** How the user proved themselves, RFC 8176. */
  readonly amr: readonly string[];
  /** Claims of the application's own that each access token repeats. */
  readonly claims: JsonObject;
  /** When the user proved themselves, which a refresh does not change (OpenID Connect Core §2). */
  readonly authenticatedMs: EpochMs;
  /** When the session started, by the store's clock; also the time inside its id. */
  readonly startedMs: EpochMs;
  readonly lastRefreshedMs: EpochMs;
  /** When it ends if nothing rotates its chain before, and nobody uses the id of an opaque session. */
  readonly idleExpiresMs: EpochMs;
  /** When it ends in any case. */
  readonly absoluteExpiresMs: EpochMs;
  readonly ended?: SessionEnd;
}

export interface SessionEnd {
  readonly atMs: EpochMs;
  readonly reason: SessionEndReason;
}

/** A session together with what its refresh tokens are derived from. It never leaves the engine. */
export interface SessionRecord {
  readonly session: Session;
  readonly chain: ChainState;
  /** 32 random bytes, fixed for the session's life: the store's half of the secret behind each refresh token. */
  readonly share: Uint8Array;
}

export type SessionStatus = 'live' | 'ended' | 'expired';

export function sessionStatus(session: Session, nowMs: EpochMs): SessionStatus {
  if (session.ended !== undefined) return 'ended';
  return nowMs < Math.min(session.idleExpiresMs, session.absoluteExpiresMs) ? 'live' : 'expired';
}
