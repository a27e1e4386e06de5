import type { PresentedText } from '../../crypto/chain-text.ts';
import type { EventFields } from '../../domain/events.ts';
import type { KeyId, TokenId } from '../../domain/ids.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { CLOCK_SKEW_MS } from '../limits.ts';
import { RecentTexts } from '../recent-texts.ts';
import { authenticate, type Authentic } from '../refresh/prove.ts';
import type { RevocationView } from '../revocation/view.ts';
import type { VerifiedToken } from '../tokens/verified-token.ts';
import {
  judgeAuthentic,
  refuse,
  type Refusal,
  type TokenExpectations,
  type Verdict,
} from '../tokens/verify.ts';
import { REST_AFTER_FAILURE_MS, storeTimeMs, type KnownSession } from './known-session.ts';
import { readSession } from './read-session.ts';
import { createWriteBehind } from './write-behind.ts';

/** Sessions whose browser has nothing but an id. */
export interface OpaqueSessions {
  /**
   * Judges an id: at once where this process has seen it lately, else by a look at the primary. Each time it is held against the
   * revocations, as an access token is. Rejects where the store, or a hook of the application, fails.
   */
  judge(id: unknown, expected: TokenExpectations): Verdict | Promise<Verdict>;
  /** Forgets what it has read, because the store may have forgotten it. */
  forget(): void;
  /** Ends with what was begun behind requests. */
  flush(): Promise<void>;
}

/** What is older is read again behind the request that uses it. */
const READ_AGAIN_AFTER_MS = 60_000;

const ALARM_PERIOD_MS = 1000;

export interface OpaqueSessionsParts {
  readonly context: EngineContext;
  readonly keys: Pick<KeyKeeper, 'refreshKey'>;
  readonly view: RevocationView;
}

export function createOpaqueSessions({ context, keys, view }: OpaqueSessionsParts): OpaqueSessions {
  const { settings, clock } = context;
  const { issuer, accessTtlMs, tokenCacheSize } = settings;
  const cache = tokenCacheSize > 0 ? new RecentTexts<KnownSession>(tokenCacheSize) : undefined;
  const readings = new Map<string, Promise<KnownSession | Refusal>>();
  const readAgainAfterMs = Math.min(READ_AGAIN_AFTER_MS, accessTtlMs / 2);
  let history = 0;
  let alarmedMs = Number.NEGATIVE_INFINITY;

  /** Once a second is loud enough: guards are asked all the time. */
  function alarm(about: EventFields['store_rolled_back']): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - alarmedMs < ALARM_PERIOD_MS) return;
    alarmedMs = nowMs;
    context.events.record('store_rolled_back', about);
  }

  /** For as long as an access token would live, it may be believed what the row said: so long are revocations kept at least. */
  function isBelieved(known: KnownSession): boolean {
    const monotonicMs = clock.monotonicMs();
    const nowMs = clock.nowMs();
    const { session, claims, idleExpiresMs } = known;
    return (
      monotonicMs - known.reading.begunMs < accessTtlMs &&
      storeTimeMs(known, monotonicMs) < Math.min(idleExpiresMs, session.absoluteExpiresMs) &&
      // The clock may have been set since.
      nowMs < claims.expiresAtSeconds * 1000 &&
      nowMs >= claims.issuedAtSeconds * 1000 - CLOCK_SKEW_MS
    );
  }

  /** Reads the row once for all who wait. Nothing is remembered of what is refused. */
  function read(id: string, presented: PresentedText): Promise<KnownSession | Refusal> {
    const reading = readings.get(id) ?? readOnce(id, presented);
    readings.set(id, reading);
    return reading;
  }

  async function readOnce(id: string, presented: PresentedText): Promise<KnownSession | Refusal> {
    const begunIn = history;
    try {
      const found = await readSession(id, presented, { context, alarm });
      if (begunIn !== history || 'code' in found) cache?.delete(id);
      else {
        writeBehind.noteReading(found);
        cache?.add(id, found);
      }
      return found;
    } finally {
      readings.delete(id);
    }
  }

  function readBehind(id: string, known: KnownSession): void {
    const monotonicMs = clock.monotonicMs();
    if (monotonicMs < known.restsUntilMs || readings.has(id)) return;
    read(id, known.presented).catch(() => {
      // It is believed for some time yet.
      known.restsUntilMs = clock.monotonicMs() + REST_AFTER_FAILURE_MS;
    });
  }

  const writeBehind = createWriteBehind(context, (known) => {
    // Another process has moved the chain: the next use reads what it is now.
    cache?.delete(known.id);
  });

  function judgeKnown(known: KnownSession, expected: TokenExpectations): Verdict {
    const refusal = judgeAuthentic(known, { issuer, clock, view }, expected);
    if (refusal !== undefined) return refusal;
    writeBehind.noteUse(known);
    return { kind: 'verified', token: known.claims as unknown as VerifiedToken };
  }

  /** Whoever is known to be revoked costs no look at the store. */
  function isKnownToHaveEnded({ sessionId }: PresentedText): boolean {
    return view.hits({ sessionId, tokenId: '' as TokenId, keyId: '' as KeyId, subject: '' }) !== undefined;
  }

  return {
    judge(id, expected) {
      const known = typeof id === 'string' ? cache?.get(id) : undefined;
      if (typeof id === 'string' && known !== undefined && isBelieved(known)) {
        if (clock.monotonicMs() - known.reading.begunMs > readAgainAfterMs) readBehind(id, known);
        return judgeKnown(known, expected);
      }
      const authentic = authenticate({ form: 'opaque', text: id }, keys);
      if (authentic.kind === 'refused') return refuseForged(authentic);
      if (isKnownToHaveEnded(authentic.token)) return refuse('ERR_TOKEN_REVOKED', 'the session has ended');
      return read(id as string, authentic.token).then((found) =>
        'code' in found ? found : judgeKnown(found, expected),
      );
    },

    forget() {
      history += 1;
      cache?.clear();
    },

    async flush() {
      await Promise.allSettled(readings.values());
      await writeBehind.flush();
    },
  };
}

function refuseForged({ reason }: Extract<Authentic, { kind: 'refused' }>): Refusal {
  switch (reason) {
    case 'malformed':
      return refuse('ERR_TOKEN_MALFORMED', 'not the id of an opaque session');
    case 'unknown_key':
      return refuse('ERR_TOKEN_KEY_UNKNOWN', 'the version of the key is unknown');
    case 'forged':
      return refuse('ERR_TOKEN_SIGNATURE', 'the id is none of ours');
  }
}
