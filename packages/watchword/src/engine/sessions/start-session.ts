import { createSessionId, type SessionId } from '../../domain/ids.ts';
import { startChain } from '../../domain/refresh-chain.ts';
import type { Delivery, SessionRecord } from '../../domain/session.ts';
import { epochMs, LONG_AGO, type EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Exchange } from '../../ports/store/exchange-store.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { Issued } from '../refresh/outcome.ts';
import type { Refresher } from '../refresh/rotate.ts';
import type { Revoker } from '../revocation/revoke.ts';
import { exchangeOf, findRepeated } from './exchange.ts';
import { completeSessionInput, type SessionInput, type StartSession } from './session-input.ts';

const SHARE_BYTES = 32;
const SESSION_ID_RANDOM_BYTES = 10;

export interface SessionsParts {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly refresher: Refresher;
  readonly revoker: Revoker;
}

export function createSessionStart({ context, keys, refresher, revoker }: SessionsParts) {
  const { settings, clock, random, store, events } = context;

  function buildRecord(input: SessionInput, startedMs: EpochMs, authenticatedMs: EpochMs): SessionRecord {
    const longestMs = input.remembered ? settings.absoluteTtlMs : settings.unrememberedTtlMs;
    const absoluteExpiresMs = epochMs(startedMs + longestMs);
    return {
      session: {
        ...input,
        id: createSessionId(startedMs, random.bytes(SESSION_ID_RANDOM_BYTES)),
        authenticatedMs,
        startedMs,
        lastRefreshedMs: startedMs,
        idleExpiresMs: epochMs(Math.min(startedMs + settings.idleTtlMs, absoluteExpiresMs)),
        absoluteExpiresMs,
      },
      chain: startChain(keys.newestRefreshKey().version),
      share: random.bytes(SHARE_BYTES),
    };
  }

  async function startRecord(
    input: SessionInput,
    exchange: Exchange | undefined,
    replaced: SessionId | undefined,
  ): Promise<SessionRecord> {
    const { subject } = input;
    // A credential of before does not say when its user has proven themselves.
    const authenticatedMs = exchange === undefined ? clock.nowMs() : LONG_AGO;
    const build = (startedMs: EpochMs): SessionRecord => buildRecord(input, startedMs, authenticatedMs);
    if (settings.sessionLimit === undefined) return store.sessions.start(subject, build, exchange);
    const room = { ...settings.sessionLimit, except: replaced, lifetimes: await revoker.lifetimes() };
    try {
      const { record, displaced } = await store.sessions.startWithin(room, subject, build, exchange);
      if (displaced !== undefined) revoker.announce(displaced, 'displaced');
      return record;
    } catch (error) {
      if (error instanceof WatchwordError && error.code === 'ERR_SESSION_LIMIT') {
        events.record('session_refused', { subject, reason: 'session_limit' });
      }
      throw error;
    }
  }

  /** The session that was started when the credential was given up, where the answer may have been lost. */
  async function repeat(input: SessionInput, exchange: Exchange, refusal: unknown): Promise<Issued> {
    const { subject } = input;
    const record = await findRepeated(exchange, input, context);
    if (record === undefined) {
      events.record('exchange_refused', { subject });
      throw refusal;
    }
    events.record('session_exchanged', { sessionId: record.session.id, subject, repeated: true });
    return refresher.firstIssue(record);
  }

  return async function start(
    input: StartSession,
    delivery: Delivery,
    replaced?: SessionId,
  ): Promise<Issued> {
    const complete = completeSessionInput(input, delivery, settings);
    const exchange = exchangeOf(input.exchanges);
    const { subject, clientId } = complete;
    let record: SessionRecord;
    try {
      record = await startRecord(complete, exchange, replaced);
    } catch (error) {
      if (exchange === undefined || !isExchanged(error)) throw error;
      return repeat(complete, exchange, error);
    }
    const { id: sessionId } = record.session;
    events.record('session_started', { sessionId, subject, clientId, delivery });
    if (exchange !== undefined) events.record('session_exchanged', { sessionId, subject, repeated: false });
    try {
      return await refresher.firstIssue(record);
    } catch (error) {
      // A hook of the application has failed; nobody will ever hold the tokens of this session.
      await revoker.revoke([{ kind: 'session', sessionId, reason: 'revoked' }]);
      if (exchange !== undefined) await store.exchanges.release(exchange.key, sessionId);
      throw error;
    }
  };
}

function isExchanged(error: unknown): boolean {
  return error instanceof WatchwordError && error.code === 'ERR_EXCHANGED';
}
