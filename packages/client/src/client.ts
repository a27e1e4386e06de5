import { isRenewable } from './answers.ts';
import { createKnowledge } from './knowledge.ts';
import { ownRequest, type Place } from './own-request.ts';
import { createRenewal } from './renewal.ts';
import { UNKNOWN, type Session, type Snapshot } from './snapshot.ts';
import { remainingMs } from './span.ts';
import { alone, nameOf, openTabs, type Tabs } from './tabs.ts';
import { createWatch } from './watch.ts';

export interface ClientOptions {
  /** The address below which the server has `/auth/…`. Default: that of the page, `/`. */
  readonly baseUrl?: string | URL;
  /** The server's `cookies.prefix`, if it has one of its own. Default: `ww`. */
  readonly cookiePrefix?: string;
}

/** A session as one tab sees it. All members may be taken off the object. */
export interface Client {
  readonly state: Snapshot['state'];
  /** Who is signed in. `undefined` unless the state is `signed-in`. */
  readonly session: Session | undefined;
  /** Both of the above; the same object until something changes. */
  readonly snapshot: Snapshot;
  /** Calls `listener` whenever the snapshot changes. Gives the function that ends it. */
  subscribe(listener: () => void): () => void;
  /**
   * Asks the server who is signed in, and from now on keeps the session alive and in step with other tabs. Resolves once the
   * server has answered, or has failed to: then the state stays `unknown` until it does.
   */
  start(): Promise<void>;
  /** Ends what `start` began. The session stays. */
  close(): void;
  /**
   * `fetch`, which for requests to the server waits for a renewal that is due, sends the CSRF token, and tries once more after
   * a renewal if the access token was refused. Others pass through.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Renews now: after a sign-in of your own, or to have new claims in the token. Gives whether somebody is signed in. */
  refresh(): Promise<boolean>;
  /** Ends the session, here and in all tabs. Rejects if the server could not be told; then nothing has changed. */
  signOut(): Promise<void>;
}

/** A token that ends sooner than this would not arrive. */
const TRAVEL_MS = 1_000;

/** Makes a client. Nothing happens before it is used, so that it may stand at the top of a module, on the server, too. */
export function createClient({ baseUrl = '/', cookiePrefix = 'ww' }: ClientOptions = {}): Client {
  const place: Place = {
    get base() {
      return new URL(String(baseUrl).replace(/\/*$/, '/'), location.origin);
    },
    cookiePrefix,
  };
  let tabs: Tabs | undefined;
  let stop: (() => void) | undefined;
  let starting: Promise<void> | undefined;
  const knowledge = createKnowledge(UNKNOWN);
  const renewal = createRenewal(place, knowledge, (tiding) => tabs?.tell(tiding));
  const watch = createWatch(knowledge, renewal);

  async function begin(): Promise<void> {
    if (typeof document === 'undefined') return;
    tabs = openTabs(nameOf(place), watch.hear);
    stop = watch.begin();
    await look();
  }

  /** Others may think that nobody is signed in: a sign-in with a provider ends in a page that is loaded. */
  async function look(): Promise<void> {
    await watch.ask();
    renewal.tellLife();
  }

  /** Whether the access token has expired, and the server can be asked for another. */
  function isOver(): boolean {
    const { life } = knowledge;
    return life !== undefined && remainingMs(life) < TRAVEL_MS && renewal.restMs() <= 0;
  }

  /** Renews what the server has just refused: it is there, but it may have asked to be left alone. */
  async function renew(): Promise<boolean> {
    renewal.wake();
    return renewal.restMs() <= 0 && renewal.renew(true);
  }

  return {
    get state() {
      return knowledge.snapshot.state;
    },
    get session() {
      return knowledge.snapshot.session;
    },
    get snapshot() {
      return knowledge.snapshot;
    },
    subscribe: knowledge.subscribe,

    start: () => (starting ??= begin()),

    close() {
      stop?.();
      tabs?.close();
      starting = undefined;
      tabs = undefined;
    },

    async fetch(input, init) {
      const request = typeof document === 'undefined' ? undefined : ownRequest(input, init, place);
      if (request === undefined) return fetch(input, init);
      if (isOver()) await unlessAborted(renewal.renew(false), request.signal);
      const { changes } = knowledge;
      // A renewal at the same time could set the cookies of the session before.
      const response = await (request.isAboutSession
        ? unlessAborted(alone(nameOf(place), request.send), request.signal)
        : request.send());
      if (response.ok && request.isAboutSession) await unlessAborted(look(), request.signal);
      const mayRetry = request.isReplayable && knowledge.snapshot.state !== 'signed-out';
      if (!mayRetry || !(await isRenewable(response))) return response;
      // Another request, or another tab, may have renewed since this one was sent.
      const isGood = changes !== knowledge.changes || (await unlessAborted(renew(), request.signal));
      return isGood ? request.send() : response;
    },

    async refresh() {
      const isIn = await renewal.renew(false);
      await watch.look();
      return isIn;
    },

    signOut: renewal.signOut,
  };
}

/** Whoever gives up does not wait; the work goes on, for others may want it. */
async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | null | undefined,
): Promise<Result> {
  if (!signal) return work;
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', giveUp));
}
