import type { PresentedText } from '../../crypto/chain-text.ts';
import type { EventFields } from '../../domain/events.ts';
import type { KeyId, TokenId } from '../../domain/ids.ts';
import { sessionStatus, type Session } from '../../domain/session.ts';
import { epochMs } from '../../domain/time.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { SessionReading } from '../../ports/store/session-store.ts';
import { isDeletedClient } from '../clients/clients.ts';
import type { EngineContext } from '../context.ts';
import { proveAuthentic } from '../refresh/prove.ts';
import { revocableWords } from '../revocation/view.ts';
import { accessClaims, ownClaims } from '../tokens/access-claims.ts';
import type { TokenKind } from '../tokens/kinds.ts';
import { readClaims, type ReadClaims } from '../tokens/read-claims.ts';
import { freezeDeeply, refuse, type Refusal } from '../tokens/verify.ts';
import { judgeGeneration, type Standing } from './judge-generation.ts';
import type { KnownSession } from './known-session.ts';

/** No token: its claims are put together as those of one are. */
const OPAQUE_SESSION: TokenKind = { types: [], ofSession: true, needsSubject: true, ownTokenId: false };

/** No key has signed it. */
const NO_KEY = '' as KeyId;

export interface SessionReader {
  readonly context: EngineContext;
  /** Tells that the store has lost writes. */
  readonly alarm: (about: EventFields['store_rolled_back']) => void;
}

/** What the primary says of an id that the server's key has made. Rejects where nobody can tell. */
export async function readSession(
  id: string,
  presented: PresentedText,
  reader: SessionReader,
): Promise<KnownSession | Refusal> {
  const { context } = reader;
  const { clock } = context;
  const begunMs = clock.monotonicMs();
  const issuedMs = clock.nowMs();
  const proof = await proveAuthentic('opaque', presented, context);
  if (proof.kind === 'refused') {
    return proof.reason === 'unknown'
      ? refuse('ERR_TOKEN_EXPIRED', 'the session is unknown')
      : refuse('ERR_TOKEN_SIGNATURE', 'the id is none of the session');
  }
  const endedMs = clock.monotonicMs();
  const { record, nowMs } = proof.reading;
  const { session, chain } = record;
  const refusal = await objectTo(proof.reading, presented.generation, reader);
  if (refusal !== undefined) return refusal;
  const claims = await claimsOf(session, presented.generation, issuedMs, context);
  return {
    id,
    presented,
    claims,
    words: revocableWords(claims),
    suited: undefined,
    session,
    reading: { begunMs, endedMs, storeMs: nowMs },
    chain,
    idleExpiresMs: session.idleExpiresMs,
    restsUntilMs: Number.NEGATIVE_INFINITY,
  };
}

async function objectTo(
  { record, nowMs }: SessionReading,
  generation: number,
  { context, alarm }: SessionReader,
): Promise<Refusal | undefined> {
  const { session, chain } = record;
  const standing = judgeGeneration(chain, generation, context.settings.chain);
  const status = statusOf(session, standing, nowMs);
  if (status === 'ended') return refuse('ERR_TOKEN_REVOKED', 'the session has ended');
  if (status === 'expired') return refuse('ERR_TOKEN_EXPIRED', 'the session has expired');
  if (standing === 'replaced') return refuse('ERR_TOKEN_EXPIRED', 'the id was replaced by a newer one');
  if (await isDeletedClient(context.store, session.clientId)) {
    return refuse('ERR_TOKEN_REVOKED', 'the client was deleted');
  }
  // While a restore is accepted, the id is as good as the store will find it when it is refreshed.
  if (standing !== 'ahead' || nowMs < (await context.store.restoreAcceptedUntilMs())) return undefined;
  alarm({
    sessionId: session.id,
    subject: session.subject,
    generation: chain.generation,
    presentedGeneration: generation,
  });
  return refuse('ERR_STORE_ROLLED_BACK', 'the id is newer than the session');
}

/** A row that is behind its client does not know when that was last there, so that its idle expiry says nothing. */
function statusOf(session: Session, standing: Standing, nowMs: SessionReading['nowMs']) {
  const idleExpiresMs = standing === 'ahead' ? session.absoluteExpiresMs : session.idleExpiresMs;
  return sessionStatus({ ...session, idleExpiresMs }, nowMs);
}

async function claimsOf(
  session: Session,
  generation: number,
  issuedMs: SessionReading['nowMs'],
  context: EngineContext,
): Promise<ReadClaims> {
  const { issuer, accessTtlMs } = context.settings;
  const own = await ownClaims(session, context);
  const expiresMs = epochMs(Math.min(issuedMs + accessTtlMs, session.absoluteExpiresMs));
  // Of no form that could be revoked: that would end with the next reading, and mean nothing.
  const tokenId = `${session.id}.${generation}` as TokenId;
  const payload = accessClaims({ session, generation }, own, { issuer, tokenId, issuedMs, expiresMs });
  const claims = readClaims(payload, OPAQUE_SESSION, NO_KEY);
  if ('wrongClaim' in claims) {
    throw new WatchwordError('ERR_INTERNAL', {
      detail: `the claim ${claims.wrongClaim} of a session is wrong`,
    });
  }
  // They are handed out again and again: nobody may change what the next one is told.
  freezeDeeply(claims);
  return claims;
}
