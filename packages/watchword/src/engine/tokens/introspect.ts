import { REFRESH_TOKEN } from '../../crypto/refresh-token.ts';
import { judgeRefresh } from '../../domain/refresh-chain.ts';
import { sessionStatus, type SessionRecord } from '../../domain/session.ts';
import type { EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import { isDeletedClient } from '../clients/clients.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { prove } from '../refresh/prove.ts';
import type { TokenExpectations, Verdict } from './verify.ts';
import type { VerifiedToken } from './verified-token.ts';

/** What a token of ours is, asked of the store and not of memory alone. */
export type Introspection =
  | { readonly kind: 'access'; readonly token: VerifiedToken }
  | { readonly kind: 'refresh'; readonly record: SessionRecord }
  | { readonly kind: 'inactive' };

export interface IntrospectorParts {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly verify: (token: unknown, expected: TokenExpectations) => Verdict;
  /** Reads what other processes have revoked: who asks here wants to know, and not what was so some milliseconds ago. */
  readonly catchUp: () => Promise<void>;
}

/** Judges a token of either kind and changes nothing: a refresh token that would convict its family is merely inactive. */
export function createIntrospector(parts: IntrospectorParts) {
  const { context, keys, verify, catchUp } = parts;
  const { settings, store } = context;
  const anybody: TokenExpectations = {
    audience: undefined,
    scope: [],
    maxAgeSeconds: undefined,
    maxStalenessMs: settings.maxStalenessMs,
  };

  async function introspectRefresh(token: string): Promise<Introspection> {
    const proof = await prove({ form: 'token', text: token }, context, keys);
    if (proof.kind === 'refused') return { kind: 'inactive' };
    const { record, nowMs } = proof.reading;
    const isDead =
      !isUsable(record, proof.token.generation, nowMs) ||
      (await isDeletedClient(store, record.session.clientId));
    return isDead ? { kind: 'inactive' } : { kind: 'refresh', record };
  }

  function isUsable({ session, chain }: SessionRecord, generation: number, nowMs: EpochMs): boolean {
    if (sessionStatus(session, nowMs) !== 'live') return false;
    const presented = { generation, nowMs, newestKeyVersion: keys.newestRefreshKey().version };
    const { outcome } = judgeRefresh(chain, presented, settings.chain);
    return outcome !== 'reused' && outcome !== 'ahead';
  }

  return async function introspect(text: string): Promise<Introspection> {
    if (REFRESH_TOKEN.parse(text) !== undefined) return introspectRefresh(text);
    await catchUp();
    const verdict = verify(text, anybody);
    if (verdict.kind === 'refused') {
      if (verdict.code === 'ERR_FEED_STALE') throw new WatchwordError(verdict.code);
      return { kind: 'inactive' };
    }
    const { token } = verdict;
    if (token.sessionId === undefined) return { kind: 'access', token };
    const reading = await store.sessions.find(token.sessionId);
    const isLive = reading !== undefined && reading.record.session.ended === undefined;
    return isLive ? { kind: 'access', token } : { kind: 'inactive' };
  };
}

export type Introspect = ReturnType<typeof createIntrospector>;
