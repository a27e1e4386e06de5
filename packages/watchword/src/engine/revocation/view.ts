import { tokenIssuedMs } from '../../crypto/token-id.ts';
import { sessionStartedMs, type KeyId, type SessionId, type TokenId } from '../../domain/ids.ts';
import type { RevocationKind, RevocationRecord } from '../../domain/revocation.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';

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
  /** The kind of the entry that kills the token, or `undefined`. */
  hits(token: RevocableToken): RevocationKind | undefined;
  /** Takes an entry in; the same one may come twice. */
  apply(record: RevocationRecord): void;
  /** Drops what has expired. */
  prune(nowMs: EpochMs): void;
  /** The view contains everything that was durable at this monotonic time. */
  confirm(monotonicMs: number): void;
  /** Milliseconds since the view was last known to be complete; infinite before the first time. */
  ageMs(): number;
  /** Tells, at most once a second, that a token was refused because the view is too old. */
  reportStale(ageMs: number): void;
}

/** The clocks of processes may be this far off the store's: what a cut-off allows tokens without a session. */
const SESSIONLESS_ALLOWANCE_MS = 250;

const STALE_REPORT_PERIOD_MS = 1000;

export function createRevocationView(clock: Clock, events: EventSink): RevocationView {
  const ended = {
    session: new Map<string, EpochMs>(),
    token: new Map<string, EpochMs>(),
    key: new Map<string, EpochMs>(),
  };
  const subjects = new Map<string, { readonly beforeMs: EpochMs; readonly expiresMs: EpochMs }>();
  let all: { readonly beforeMs: EpochMs; readonly expiresMs: EpochMs } | undefined;
  let confirmedMs = Number.NEGATIVE_INFINITY;
  let staleReportedMs = Number.NEGATIVE_INFINITY;

  return {
    hits({ tokenId, keyId, subject, sessionId }) {
      if (ended.token.has(tokenId)) return 'token';
      if (sessionId !== undefined && ended.session.has(sessionId)) return 'session';
      const startedMs =
        sessionId === undefined
          ? tokenIssuedMs(tokenId) - SESSIONLESS_ALLOWANCE_MS
          : sessionStartedMs(sessionId);
      if (all !== undefined && startedMs < all.beforeMs) return 'all';
      const cutoff = subjects.get(subject);
      if (cutoff !== undefined && startedMs < cutoff.beforeMs) return 'subject';
      return ended.key.has(keyId) ? 'key' : undefined;
    },

    apply({ target, expiresMs }) {
      switch (target.kind) {
        case 'all':
          if (all === undefined || all.beforeMs < target.beforeMs)
            all = { beforeMs: target.beforeMs, expiresMs };
          break;
        case 'subject': {
          const known = subjects.get(target.subject);
          if (known === undefined || known.beforeMs < target.beforeMs) {
            subjects.set(target.subject, { beforeMs: target.beforeMs, expiresMs });
          }
          break;
        }
        case 'session':
          keepLonger(ended.session, target.sessionId, expiresMs);
          break;
        case 'token':
          keepLonger(ended.token, target.tokenId, expiresMs);
          break;
        case 'key':
          keepLonger(ended.key, target.keyId, expiresMs);
          break;
      }
    },

    prune(nowMs) {
      for (const entries of Object.values(ended)) {
        for (const [id, expiresMs] of entries) if (expiresMs <= nowMs) entries.delete(id);
      }
      for (const [subject, { expiresMs }] of subjects) if (expiresMs <= nowMs) subjects.delete(subject);
      if (all !== undefined && all.expiresMs <= nowMs) all = undefined;
    },

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

/** The same id may come twice, and the second time with an earlier expiry if the clock was set back between. */
function keepLonger(entries: Map<string, EpochMs>, id: string, expiresMs: EpochMs): void {
  const known = entries.get(id);
  if (known === undefined || known < expiresMs) entries.set(id, expiresMs);
}
