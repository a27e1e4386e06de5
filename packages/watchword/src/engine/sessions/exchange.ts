import { labelled, utf8 } from '../../crypto/bytes.ts';
import { sha256 } from '../../crypto/digest.ts';
import { splitCompactJws } from '../../crypto/jws/compact.ts';
import { startChain } from '../../domain/refresh-chain.ts';
import { sessionStatus, type SessionRecord } from '../../domain/session.ts';
import { ArgumentError } from '../../errors/watchword-error.ts';
import type { Exchange } from '../../ports/store/exchange-store.ts';
import type { EngineContext } from '../context.ts';
import type { SessionInput } from './session-input.ts';

const LABEL = 'ww/exchange/1';
const SHORTEST = 16;
const LONGEST = 8192;

/** Longer than a credential of before may be good for: it outlives `legacyTokens.until`. */
const KEPT_MS = 400 * 86_400_000;

/** Whoever has refreshed has provably had the answer. */
const FIRST_GENERATION = startChain(0).generation;

/** What marks a credential as given up; refuses what is none with an `ArgumentError`. */
export function exchangeOf(credential: unknown): Exchange | undefined {
  if (credential === undefined) return undefined;
  if (typeof credential !== 'string' || credential.length < SHORTEST || credential.length > LONGEST) {
    throw new ArgumentError(
      `\`exchanges\` has to be the credential that is given up, a string of ${SHORTEST} to ${LONGEST} characters: ` +
        'a token, or the id of a session.',
    );
  }
  // Of a token only what is signed: some signatures can be spelled otherwise, and it would be another credential.
  const signed = splitCompactJws(credential)?.signingInput ?? credential;
  return { key: sha256(labelled(LABEL, utf8(signed))), keptMs: KEPT_MS };
}

/**
 * The session that was started for the same credential, if the answer may have been lost: within the race window, for the
 * same user and client, before anybody has refreshed it. Two tabs that ask at once get one session.
 */
export async function findRepeated(
  { key }: Exchange,
  { subject, clientId, delivery }: SessionInput,
  { store, settings }: EngineContext,
): Promise<SessionRecord | undefined> {
  const { rotation, raceWindowMs } = settings.chain;
  if (rotation === 'strict') return undefined;
  const exchanged = await store.exchanges.find(key);
  if (exchanged === undefined) return undefined;
  const reading = await store.sessions.find(exchanged.sessionId);
  if (reading === undefined) return undefined;
  const { record, nowMs } = reading;
  const { session, chain } = record;
  const isSame =
    session.subject === subject && session.clientId === clientId && session.delivery === delivery;
  const isFresh = Math.abs(nowMs - exchanged.atMs) <= raceWindowMs && chain.generation === FIRST_GENERATION;
  return isSame && isFresh && sessionStatus(session, nowMs) === 'live' ? record : undefined;
}
