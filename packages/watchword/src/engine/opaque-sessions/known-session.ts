import type { PresentedText } from '../../crypto/chain-text.ts';
import type { ChainState } from '../../domain/refresh-chain.ts';
import type { Session } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import type { RevocableWords } from '../revocation/view.ts';
import type { ReadClaims } from '../tokens/read-claims.ts';
import type { TokenExpectations } from '../tokens/verify.ts';

/** How long nothing is tried behind requests once it has failed. */
export const REST_AFTER_FAILURE_MS = 5000;

/** An opaque id that was found good, and what its row said. */
export interface KnownSession {
  /** The whole text. */
  readonly id: string;
  readonly presented: PresentedText;
  /** What it is worth to whoever asks: what an access token would say that was made when the row was read. */
  readonly claims: ReadClaims;
  readonly words: RevocableWords;
  suited: TokenExpectations | undefined;
  readonly session: Session;
  readonly reading: Reading;
  /** Its chain and its idle expiry, as the row was read or as this process has written it since. */
  chain: ChainState;
  idleExpiresMs: EpochMs;
  /** Nothing is read or written behind a request before this monotonic time: it has just failed. */
  restsUntilMs: number;
}

/** When a row was read. */
export interface Reading {
  /** The monotonic time at which it was asked for. */
  readonly begunMs: number;
  /** The monotonic time at which it was there. */
  readonly endedMs: number;
  /** The store's clock in between. */
  readonly storeMs: EpochMs;
}

/** What time it is at least, by the store's clock. */
export function storeTimeMs({ reading }: KnownSession, monotonicMs: number): EpochMs {
  return epochMs(reading.storeMs + monotonicMs - reading.endedMs);
}
