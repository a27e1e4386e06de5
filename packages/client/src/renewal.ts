import { codeOf401, jsonOf, waitMs } from './answers.ts';
import type { Knowledge } from './knowledge.ts';
import { addCsrfToken, type Place } from './own-request.ts';
import type { Session } from './snapshot.ts';
import { outlives, remainingMs, spanFromNow, type Span } from './span.ts';
import { alone, nameOf, type Tiding } from './tabs.ts';

/** Asks the server who is signed in, and renews. */
export interface Renewal {
  /** How long to leave the server alone, after it failed. */
  restMs(): number;
  /** There may be a network again: if nobody answered, that is reason enough to try. */
  wake(): void;
  /** `failed` says nothing about the session. */
  load(): Promise<'signed-in' | 'refused' | 'failed'>;
  /** Tells the other tabs who is signed in, if somebody is. */
  tellLife(): void;
  /**
   * Renews, once for all who ask meanwhile and in one tab at a time. Gives whether the session is good for requests now.
   * `isRefused`: the server did not take the access token, however long it should have lived.
   */
  renew(isRefused: boolean): Promise<boolean>;
  signOut(): Promise<void>;
}

/** Longer than the server takes: what it cannot answer within half its race window, it refuses. */
const TIMEOUT_MS = 10_000;

/** In seconds. */
interface Life {
  readonly expires_in?: number;
  /** The whole of it, where some of it has passed. */
  readonly lifetime?: number;
}

interface RefreshAnswer extends Life {
  readonly session: { readonly id: string };
}

export function createRenewal(place: Place, knowledge: Knowledge, tell: (tiding: Tiding) => void): Renewal {
  let renewing: Promise<boolean> | undefined;
  let failures = 0;
  let rest: Span | undefined;
  let isUnreached = false;

  function isIn(): boolean {
    return knowledge.snapshot.state === 'signed-in';
  }

  function fail(response: Response | undefined): void {
    isUnreached = response === undefined;
    rest = spanFromNow(waitMs(failures, response?.headers.get('retry-after')));
    failures += 1;
  }

  function tellLife(): void {
    const { snapshot, life } = knowledge;
    if (snapshot.session !== undefined) tell({ sessionId: snapshot.session.session_id, life });
  }

  async function load(): ReturnType<Renewal['load']> {
    const { changes } = knowledge;
    const begun = spanFromNow(0);
    const response = await call(place, 'GET', 'auth/session');
    const code = response && (await codeOf401(response));
    const session = response?.ok ? await jsonOf<Session & Life>(response) : {};
    // What is known is newer than what was asked.
    if (changes !== knowledge.changes) return isIn() ? load() : 'refused';
    if (session.session_id !== undefined) {
      knowledge.signIn(session as Session, lifeOf(session, begun));
      return 'signed-in';
    }
    if (code) return 'refused';
    fail(response);
    return 'failed';
  }

  /** Under the lock. */
  async function exchange(): Promise<boolean> {
    const { changes } = knowledge;
    const begun = spanFromNow(0);
    const response = await call(place, 'POST', 'auth/refresh');
    const code = response && (await codeOf401(response));
    const answer = response?.ok ? await jsonOf<RefreshAnswer>(response) : {};
    if (changes !== knowledge.changes) return isIn();
    const { session } = answer;
    if (session === undefined && !code?.startsWith('ERR_REFRESH_')) {
      fail(response);
      return false;
    }
    failures = 0;
    rest = undefined;
    if (session !== undefined && session.id === knowledge.snapshot.session?.session_id) {
      knowledge.renew(lifeOf(answer, begun));
      tellLife();
      return true;
    }
    // Another session than was known; or none, unless a sign-in has overtaken us and the browser holds another token by now.
    const loaded = code === 'ERR_REFRESH_MISSING' ? 'refused' : await load();
    // Who knew of no session cannot tell others that theirs is over.
    if (loaded === 'refused') end(knowledge.snapshot.session?.session_id ?? '');
    else tellLife();
    return loaded === 'signed-in';
  }

  function renewAlone(isRefused: boolean): Promise<boolean> {
    const { changes, life } = knowledge;
    return alone(nameOf(place), async (waited) => {
      if (waited && changes === knowledge.changes) {
        // Whoever had the lock has renewed, and its tiding is still on the way; or it has failed.
        const loaded = await load();
        if (loaded === 'failed') return false;
        if (loaded === 'signed-in' && (isRefused || outlives(knowledge.life, life))) return true;
      }
      return changes === knowledge.changes ? exchange() : isIn();
    });
  }

  function end(sessionId: string | undefined): void {
    knowledge.signOut('signed-out');
    tell({ sessionId, life: undefined });
  }

  return {
    restMs: () => (rest === undefined ? 0 : remainingMs(rest)),
    wake() {
      if (isUnreached) rest = undefined;
    },
    load,
    tellLife,
    renew: (isRefused) =>
      (renewing ??= renewAlone(isRefused).finally(() => {
        renewing = undefined;
      })),
    signOut: () =>
      // Alone, so that no renewal's answer sets the cookies again.
      alone(nameOf(place), async () => {
        const response = await call(place, 'POST', 'auth/sign-out');
        if (!response?.ok)
          throw new Error(`Not signed out: the server answered ${response?.status ?? 'nothing'}.`);
        end(knowledge.snapshot.session?.session_id);
      }),
  };
}

/** `undefined` if nobody answered in time. */
async function call(place: Place, method: string, path: string): Promise<Response | undefined> {
  const headers = new Headers();
  if (method !== 'GET') addCsrfToken(headers, place);
  return fetch(new URL(path, place.base), {
    method,
    headers,
    credentials: 'include',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
}

/** As if it had been seen to begin, so that every tab renews by the same share of it. */
function lifeOf({ expires_in, lifetime }: Life, begun: Span): Span {
  const leftMs = Number(expires_in) * 1000 || 0;
  const lengthMs = Number(lifetime) * 1000 || leftMs;
  const passedMs = lengthMs - leftMs;
  return { lengthMs, monotonicMs: begun.monotonicMs - passedMs, wallMs: begun.wallMs - passedMs };
}
