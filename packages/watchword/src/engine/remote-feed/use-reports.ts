import { tokenIssuedMs } from '../../crypto/token-id.ts';
import type { SessionId, TokenId } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VerifiedToken } from '../tokens/verified-token.ts';

/** Beyond this many sessions the oldest is forgotten, which costs it one more report and nothing else. */
const REMEMBERED_SESSIONS = 100_000;
/** Reports may be dropped under load: a later use of the same token makes another. */
const PENDING_USES = 10_000;

/** How far ahead of the issuer's this clock may be: what is reported is true all the same. */
const CLOCK_ALLOWANCE_MS = 5000;

/** A use of an access token that settles its generation (docs/refresh-chain.md, "Settled"). */
export interface TokenUse {
  readonly tokenId: TokenId;
  readonly sessionId: SessionId;
  readonly generation: number;
  /** How old the token was, at least. */
  readonly ageMs: number;
}

/** Notes uses of access tokens that are old enough to prove that their client has stored what came with them. */
export class UseReports {
  readonly #clock: Clock;
  readonly #onNoted: () => void;
  readonly #remembered = new Map<SessionId, number>();
  #pending: TokenUse[] = [];
  #settleMs = 0;
  #allowanceMs = 0;

  constructor(clock: Clock, onNoted: () => void) {
    this.#clock = clock;
    this.#onNoted = onNoted;
  }

  /** How old a token has to be; 0 where nothing settles. */
  settleAfter(milliseconds: number): void {
    this.#settleMs = milliseconds;
    this.#allowanceMs = Math.min(CLOCK_ALLOWANCE_MS, milliseconds / 4);
  }

  /** Notes a use; costs a comparison or two and no I/O. */
  note({ sessionId, generation, tokenId, issuedAtSeconds }: VerifiedToken): void {
    const settleMs = this.#settleMs;
    if (settleMs === 0 || sessionId === undefined) return;
    const nowMs = this.#clock.nowMs() - this.#allowanceMs;
    if (nowMs - issuedAtSeconds * 1000 <= settleMs) return;
    if ((this.#remembered.get(sessionId) ?? 0) >= generation) return;
    const ageMs = nowMs - tokenIssuedMs(tokenId);
    if (ageMs <= settleMs || this.#pending.length >= PENDING_USES) return;
    this.#remember(sessionId, generation);
    this.#pending.push({ tokenId, sessionId, generation, ageMs });
    this.#onNoted();
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Hands out some that are to be reported now. */
  take(most: number): readonly TokenUse[] {
    const taken = this.#pending.slice(0, most);
    this.#pending = this.#pending.slice(most);
    return taken;
  }

  /** These were not reported: their next uses are noted again. */
  lose(uses: readonly TokenUse[]): void {
    for (const { sessionId, generation } of uses) {
      if (this.#remembered.get(sessionId) === generation) this.#remembered.delete(sessionId);
    }
  }

  /** Forgets what was reported, because the issuer may have forgotten it. */
  forget(): void {
    this.#remembered.clear();
  }

  #remember(id: SessionId, generation: number): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, generation);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED_SESSIONS && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
