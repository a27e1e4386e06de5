import type { PresentedText } from '../../crypto/chain-text.ts';
import { OPAQUE_ID } from '../../crypto/opaque-id.ts';
import { REFRESH_TOKEN } from '../../crypto/refresh-token.ts';
import type { RefreshRefusal } from '../../domain/events.ts';
import { judgeRefresh, moveForward, type ChainState, type ChainVerdict } from '../../domain/refresh-chain.ts';
import { placeOf, type Caller, type SessionPlace } from '../../domain/place.ts';
import { sessionStatus, type Delivery, type Session, type SessionRecord } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import { isDeletedClient } from '../clients/clients.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { Revoker } from '../revocation/revoke.ts';
import type { MintedToken, TokenMint } from '../tokens/mint.ts';
import type { Issued, RefreshOutcome } from './outcome.ts';
import { inOrderOfPreference } from './preference.ts';
import { prove, type Presented } from './prove.ts';

/** Where a generation was presented, and by whom. */
export interface RefreshChannel extends Caller {
  /** `undefined` for cookies: the browser that holds them is the client. */
  readonly clientId: string | undefined;
  readonly delivery: Delivery;
  /** The scope values that this access token is to have, at most the session's (RFC 6749 §6); `undefined` for all. */
  readonly scope?: readonly string[];
}

export interface RefresherParts {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly mint: TokenMint;
  readonly revoker: Revoker;
}

/** Each lost race means that somebody else has won one: so many in a row are a defect, and not a reason to spin for ever. */
const MOST_ATTEMPTS = 1000;

/** The verdicts that end with tokens for whoever asked. */
type Delivering =
  | Exclude<ChainVerdict, { readonly outcome: 'reused' | 'ahead' }>
  | { readonly outcome: 'moved_forward'; readonly next: ChainState };

/** One look at the row of a token that is proven, and what is to be judged by it. */
interface Look {
  readonly token: PresentedText;
  readonly channel: RefreshChannel;
  readonly record: SessionRecord;
  readonly nowMs: EpochMs;
  readonly begunMs: number;
}

/** Exchanges refresh tokens and the ids of opaque sessions, by one table. Of any number of concurrent presentations at most one rotates. */
export class Refresher {
  readonly #parts: RefresherParts;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
  }

  async refresh(presented: Presented, channel: RefreshChannel): Promise<RefreshOutcome> {
    const { context, keys } = this.#parts;
    const begunMs = context.clock.monotonicMs();
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const proof = await prove(presented, context, keys);
      if (proof.kind === 'refused') return this.#refuse(proof.reason, proof.sessionId);
      const { token, reading } = proof;
      const { session } = reading.record;
      const isBehind = token.generation > reading.record.chain.generation;
      const objection = objectTo(session, channel, { nowMs: reading.nowMs, isBehind });
      if (objection !== undefined) return this.#refuse(objection, session.id);
      if (await isDeletedClient(context.store, session.clientId)) {
        return this.#refuse('wrong_client', session.id);
      }
      this.#assertInTime(begunMs);
      const outcome = await this.#attempt({ token, channel, begunMs, ...reading });
      // Somebody else moved the chain between our look and our step: look again.
      if (outcome !== 'conflict') return outcome;
    }
    throw new WatchwordError('ERR_OVERLOADED', { detail: 'a refresh lost one race after the other' });
  }

  /** What a browser holds, with that first which counts. */
  inOrder(presented: readonly Presented[]): readonly Presented[] {
    const { context, keys } = this.#parts;
    return inOrderOfPreference(presented, context.settings, keys);
  }

  /** A session's newest generation, for the answer that starts it. */
  async firstIssue({ session, chain, share }: SessionRecord): Promise<Issued> {
    const prepared = await this.#prepare(session, chain);
    return this.#issue(session, chain, share, prepared);
  }

  #refuse(reason: RefreshRefusal, sessionId?: Session['id']): RefreshOutcome {
    this.#parts.context.events.record('refresh_refused', {
      reason,
      ...(sessionId !== undefined && { sessionId }),
    });
    return { kind: 'refused', reason };
  }

  /** The race window bounds a round trip, so an answer that would come later than that is not begun. */
  #assertInTime(begunMs: number): void {
    const { settings, clock } = this.#parts.context;
    const { raceWindowMs } = settings.chain;
    if (raceWindowMs > 0 && clock.monotonicMs() - begunMs > raceWindowMs / 2) {
      throw new WatchwordError('ERR_OVERLOADED', {
        detail: 'a refresh took longer than half the race window',
      });
    }
  }

  async #attempt(look: Look): Promise<RefreshOutcome | 'conflict'> {
    const { context, keys } = this.#parts;
    const { token, nowMs } = look;
    const { session, chain } = look.record;
    const presented = {
      generation: token.generation,
      nowMs,
      newestKeyVersion: keys.newestRefreshKey().version,
    };
    const verdict = judgeRefresh(chain, presented, context.settings.chain);
    switch (verdict.outcome) {
      case 'ahead':
        return this.#recover(look);
      case 'reused':
        return this.#convict(session, chain, token);
      case 'rotated':
      case 'current':
      case 'resent':
      case 'resent_late':
        return this.#deliver(verdict, look);
    }
  }

  /** The client remembers what the store has lost. Whether that may be taken over is for the operator to say. */
  async #recover(look: Look): Promise<RefreshOutcome | 'conflict'> {
    const { events, store } = this.#parts.context;
    const { record, nowMs } = look;
    const { generation, keyVersion } = look.token;
    if (nowMs < (await store.restoreAcceptedUntilMs())) {
      const next = moveForward({ generation, keyVersion, nowMs });
      return this.#deliver({ outcome: 'moved_forward', next }, look);
    }
    const { session, chain } = record;
    events.record('store_rolled_back', { ...about(session, chain), presentedGeneration: generation });
    return { kind: 'ahead' };
  }

  async #convict(session: Session, chain: ChainState, token: PresentedText): Promise<RefreshOutcome> {
    const { context, revoker } = this.#parts;
    await revoker.revoke([{ kind: 'session', sessionId: session.id, reason: 'reused' }]);
    context.events.record('refresh_reused', {
      ...about(session, chain),
      presentedGeneration: token.generation,
    });
    return { kind: 'reused', session };
  }

  async #deliver(verdict: Delivering, look: Look): Promise<RefreshOutcome | 'conflict'> {
    const { events } = this.#parts.context;
    const { record, channel } = look;
    const next = 'next' in verdict ? verdict.next : undefined;
    const chain = next ?? record.chain;
    // Minted before the step: whatever fails in it, such as a hook of the application, has changed nothing.
    const { scope } = channel;
    const allowed = scope === undefined ? record.session : { ...record.session, scope };
    const prepared = await this.#prepare(allowed, chain);
    // The hook may have taken its time: the row's times, and that the session was live, are as old as our look.
    this.#assertInTime(look.begunMs);
    const session = next === undefined ? record.session : await this.#step(look, next);
    if (session === undefined) return 'conflict';
    if (verdict.outcome === 'resent_late') {
      events.record('refresh_resent_late', { ...about(session, chain), late: chain.late });
    } else {
      events.record(`refresh_${verdict.outcome}`, about(session, chain));
    }
    return { kind: verdict.outcome, ...this.#issue(session, chain, record.share, prepared) };
  }

  /** The session as it stands after the step; `undefined` if the row was no longer what was read. */
  async #step({ record, channel, nowMs }: Look, next: ChainState): Promise<Session | undefined> {
    const { settings, store, events } = this.#parts.context;
    const { session, chain } = record;
    const idleExpiresMs = epochMs(Math.min(nowMs + settings.idleTtlMs, session.absoluteExpiresMs));
    const moved = { lastRefreshedMs: nowMs, idleExpiresMs };
    const place = newPlace(session, channel);
    const step = { sessionId: session.id, expected: chain, next, ...moved, ...(place && { place }) };
    if ((await store.sessions.advance(step)) === 'conflict') return undefined;
    const [from, to] = [session.addressPrefix, place?.addressPrefix];
    if (from !== undefined && to !== undefined && from !== to) {
      events.record('session_moved', { sessionId: session.id, subject: session.subject, from, to });
    }
    return { ...session, ...moved, ...place };
  }

  /** What can fail is done before the row is stepped. */
  async #prepare(session: Session, chain: ChainState): Promise<MintedToken | 'opaque'> {
    const { context, mint } = this.#parts;
    // Where it is asked for its claims again and again, its generation needs none.
    const isOpaque = session.delivery === 'cookie' && context.settings.browserSessions === 'opaque';
    return isOpaque ? 'opaque' : mint.accessToken(session, chain.generation);
  }

  #issue(session: Session, chain: ChainState, share: Uint8Array, prepared: MintedToken | 'opaque'): Issued {
    const { context, keys } = this.#parts;
    const { generation, keyVersion } = chain;
    const key = keys.refreshKey(keyVersion);
    if (key === undefined) throw new WatchwordError('ERR_INTERNAL', { detail: 'a refresh key is missing' });
    if (prepared !== 'opaque') {
      const refreshToken = REFRESH_TOKEN.format(session.id, generation, key, share);
      return { form: 'token', session, generation, refreshToken, accessToken: prepared };
    }
    const opaqueId = OPAQUE_ID.format(session.id, generation, key, share);
    const leftMs = Math.max(0, session.absoluteExpiresMs - context.clock.nowMs());
    const expiresInSeconds = Math.floor(Math.min(context.settings.accessTtlMs, leftMs) / 1000);
    return { form: 'opaque', session, generation, opaqueId, expiresInSeconds };
  }
}

/**
 * What is wrong with a proven token's session or channel, before its generation is judged. A row that is behind its client
 * does not know when that was last there, so that its idle expiry says nothing.
 */
function objectTo(
  session: Session,
  channel: RefreshChannel,
  { nowMs, isBehind }: { readonly nowMs: EpochMs; readonly isBehind: boolean },
): RefreshRefusal | undefined {
  if (channel.clientId !== undefined && session.clientId !== channel.clientId) return 'wrong_client';
  if (session.delivery !== channel.delivery) return 'wrong_delivery';
  if (channel.scope?.some((value) => !session.scope.includes(value)) === true) return 'wrong_scope';
  const idleExpiresMs = isBehind ? session.absoluteExpiresMs : session.idleExpiresMs;
  const status = sessionStatus({ ...session, idleExpiresMs }, nowMs);
  return status === 'live' ? undefined : status;
}

/** Where the session goes on, if that is not where it was; what is unknown of this caller stays as it was last known. */
function newPlace({ addressPrefix, userAgent }: Session, channel: RefreshChannel): SessionPlace | undefined {
  const place = placeOf(channel);
  const isSame =
    (place.addressPrefix ?? addressPrefix) === addressPrefix && (place.userAgent ?? userAgent) === userAgent;
  if (isSame) return undefined;
  return {
    ...(addressPrefix !== undefined && { addressPrefix }),
    ...(userAgent !== undefined && { userAgent }),
    ...place,
  };
}

function about({ id, subject }: Session, { generation }: ChainState) {
  return { sessionId: id, subject, generation };
}
