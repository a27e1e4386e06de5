import { tokenIssuedMs } from '../../crypto/token-id.ts';
import {
  ID_WORDS,
  lastSessionIdWord,
  lastTokenIdWord,
  sessionStartedMs,
  writeSessionIdWords,
  writeTokenIdWords,
  type KeyId,
  type SessionId,
  type TokenId,
} from '../../domain/ids.ts';
import type { RevocationKind, RevocationRecord } from '../../domain/revocation.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { KnownRevocations, type RevocationCounts } from './known-revocations.ts';

/** What of a token a revocation can hit. */
export interface RevocableToken {
  readonly tokenId: TokenId;
  readonly keyId: KeyId;
  readonly subject: string;
  readonly sessionId: SessionId | undefined;
}

/**
 * All revocations that still matter, in memory: a check is a few probes, exact, without await or I/O. It knows how long
 * ago it was last compared with the store.
 */
export interface RevocationView {
  /**
   * The kind of the entry that kills the token, or `undefined`. Who asks again and again about the same token may hand over
   * its `revocableWords`, so that its ids need not be read each time.
   */
  hits(token: RevocableToken, words?: RevocableWords): RevocationKind | undefined;
  /** The kind of the cut-off that covers what another issuer gave a subject at that time. */
  hitsForeign(subject: string, issuedMs: number): RevocationKind | undefined;
  /** Takes an entry in; the same one may come twice. */
  apply(record: Pick<RevocationRecord, 'target' | 'expiresMs'>): void;
  /**
   * Drops what has expired: in one call as many ids as take less than a millisecond or so. Tells whether there are more to look at,
   * with which the next call goes on. Ids stay up to a second longer than their entries say.
   */
  prune(nowMs: EpochMs): boolean;
  /**
   * Takes in all that another view has, which is not to be used from then on, and loses nothing of its own. Each step takes about a
   * millisecond; nothing happens but in steps. Into a view with few ids it is one step, however many the other has.
   */
  absorb(other: RevocationView): Generator<undefined, void>;
  counts(): RevocationCounts;
  /** What it is made of, for those who write it down or fill it. */
  readonly known: KnownRevocations;
  /** The view contains everything that was durable at this monotonic time. */
  confirm(monotonicMs: number): void;
  /** Milliseconds since the view was last known to be complete; infinite before the first time. */
  ageMs(): number;
  /** Tells, at most once a second, that a token was refused because the view is too old. */
  reportStale(ageMs: number): void;
}

declare const ofToken: unique symbol;

/** The ids of a token as the view looks them up. */
export type RevocableWords = Uint32Array & { readonly [ofToken]: true };

const SESSION_AT = ID_WORDS;
/** Where it stands which of the two ids there are: others' tokens may have ids that none of ours could be. */
const PRESENT_AT = 2 * ID_WORDS;
const HAS_TOKEN_ID = 1;
const HAS_SESSION_ID = 2;

export function revocableWords(token: Pick<RevocableToken, 'tokenId' | 'sessionId'>): RevocableWords {
  const words = new Uint32Array(PRESENT_AT + 1) as RevocableWords;
  readWords(token, words);
  return words;
}

function readWords(
  { tokenId, sessionId }: Pick<RevocableToken, 'tokenId' | 'sessionId'>,
  words: Uint32Array,
): void {
  const hasTokenId = writeTokenIdWords(tokenId, words, 0);
  const hasSessionId = sessionId !== undefined && writeSessionIdWords(sessionId, words, SESSION_AT);
  words[PRESENT_AT] = (hasTokenId ? HAS_TOKEN_ID : 0) | (hasSessionId ? HAS_SESSION_ID : 0);
}

/** The clocks of processes may be this far off the store's: what a cut-off allows tokens without a session. */
const SESSIONLESS_ALLOWANCE_MS = 250;

const STALE_REPORT_PERIOD_MS = 1000;

export function createRevocationView(clock: Clock, events: EventSink): RevocationView {
  const known = new KnownRevocations();
  let confirmedMs = Number.NEGATIVE_INFINITY;
  let staleReportedMs = Number.NEGATIVE_INFINITY;

  const scratch = new Uint32Array(PRESENT_AT + 1);

  function hitById(token: RevocableToken, given: Uint32Array | undefined): RevocationKind | undefined {
    const { sessions, tokens } = known;
    const words = given ?? scratch;
    if (given === undefined) {
      // The last words of the ids nearly always tell that neither is there.
      const { tokenId, sessionId } = token;
      const isSuspect =
        (tokens.size > 0 && tokens.mayHave(lastTokenIdWord(tokenId))) ||
        (sessionId !== undefined && sessions.size > 0 && sessions.mayHave(lastSessionIdWord(sessionId)));
      if (!isSuspect) return undefined;
      readWords(token, scratch);
    }
    const present = words[PRESENT_AT] ?? 0;
    if ((present & HAS_TOKEN_ID) !== 0 && tokens.has(words, 0)) return 'token';
    return (present & HAS_SESSION_ID) !== 0 && sessions.has(words, SESSION_AT) ? 'session' : undefined;
  }

  function hitByStart(token: RevocableToken): RevocationKind | undefined {
    const { tokenId, subject, sessionId } = token;
    // Reading an id takes time, and mostly there is nothing that it could be compared with.
    const { all, subjects } = known;
    if (all === undefined && (subjects.size === 0 || !subjects.has(subject))) return undefined;
    const startedMs =
      sessionId === undefined
        ? tokenIssuedMs(tokenId) - SESSIONLESS_ALLOWANCE_MS
        : sessionStartedMs(sessionId);
    return hitByCutoff(subject, startedMs);
  }

  function hitByCutoff(subject: string, startedMs: number): RevocationKind | undefined {
    const { all, subjects } = known;
    if (all !== undefined && startedMs < all.beforeMs) return 'all';
    const cutoff = subjects.get(subject);
    return cutoff !== undefined && startedMs < cutoff.beforeMs ? 'subject' : undefined;
  }

  return {
    hits(token, words) {
      const hit = hitById(token, words) ?? hitByStart(token);
      if (hit !== undefined) return hit;
      return known.keys.size > 0 && known.keys.has(token.keyId) ? 'key' : undefined;
    },

    hitsForeign: hitByCutoff,

    known,
    apply: ({ target, expiresMs }) => known.add(target, expiresMs),
    prune: (nowMs) => known.prune(nowMs),
    absorb: (other) => known.absorb(other.known),
    counts: () => known.counts(),

    confirm(monotonicMs) {
      confirmedMs = Math.max(confirmedMs, monotonicMs);
    },

    ageMs: () => clock.monotonicMs() - confirmedMs,

    reportStale(ageMs) {
      const nowMs = clock.monotonicMs();
      if (nowMs - staleReportedMs < STALE_REPORT_PERIOD_MS) return;
      staleReportedMs = nowMs;
      events.record('view_stale', { ageMs: Math.round(ageMs) });
    },
  };
}
