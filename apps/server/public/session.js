import { call } from './api.js';
import { nowMs } from './clock.js';
import { createRenewal } from './renewal.js';
import * as story from './story.js';

/** The rest of an access token's life comes in whole seconds: nearer than this, two answers tell of the same end. */
const SAME_END_MS = 2_000;

/**
 * The session as far as a page can know it. No token is ever in here: the cookies are HttpOnly, and this asks the
 * server what they are worth. Only a refusal by the server ends a session; an outage never does.
 *
 * `view` is `loading`, `unknown` (nobody answered so far), `signed-out` or `signed-in`.
 */
export function createSession({ changed, tell, problem, otherTabs, family }) {
  const state = {
    view: 'loading',
    details: null,
    accessEndsMs: null,
    accessLifeMs: null,
    out: false,
    /** How the session that was here ended; null where there was none, or its user signed out here. */
    over: null,
  };
  const renewal = createRenewal();
  let last = Promise.resolve();

  /** One thing at a time: a renewal never overtakes a sign-out. */
  function inTurn(work) {
    last = last.then(work, work);
    return last;
  }

  function publish(change) {
    Object.assign(state, change);
    changed(state);
  }

  function recovered() {
    problem.clear();
    if (state.out) tell(story.answersAgain());
    state.out = false;
  }

  function waitOut(outcome, retry) {
    const holdsSession = state.view === 'signed-in';
    if (!state.out) tell(story.outage({ problem: outcome.problem, holdsSession }));
    const again = () => inTurn(retry);
    const waitMs = renewal.afterOutage(outcome.retryAfterSeconds, again);
    problem.outage(outcome.problem, { holdsSession, retryAt: nowMs() + waitMs, retry: again });
    publish({ out: true, view: state.view === 'loading' ? 'unknown' : state.view });
    whenOnline = outcome.status === 0 ? again : null;
  }

  let whenOnline = null;
  window.addEventListener('online', () => whenOnline?.());

  function leave(entry, over = null) {
    renewal.stop();
    whenOnline = null;
    const wasSignedIn = state.view === 'signed-in';
    recovered();
    if (entry && (wasSignedIn || state.view !== 'signed-out')) tell(entry);
    publish({ view: 'signed-out', details: null, accessEndsMs: null, over });
    if (over === null) family.forget();
  }

  /** Takes over what the server told, and tells what is new about it. */
  function arrive(details, entries, by) {
    const before = state.details;
    whenOnline = null;
    if (by !== 'glance' || state.out) recovered();
    family.follow(details);
    for (const entry of entries) tell(entry);
    for (const entry of changesOf(before, details, { by, copied: family.holds.copied })) tell(entry);
    const { expires_in: expiresIn } = details;
    let accessEndsMs = nowMs() + expiresIn * 1000;
    // A glance that finds the same token leaves the timer of its renewal alone, or that would never ring.
    if (by === 'glance' && Math.abs(accessEndsMs - state.accessEndsMs) < SAME_END_MS)
      ({ accessEndsMs } = state);
    else renewal.beforeExpiry(expiresIn, () => inTurn(() => refresh('timer')));
    publish({ view: 'signed-in', details, accessEndsMs, over: null });
  }

  /** Asks whose session the cookies hold; where the access token no longer counts, refreshes once. */
  async function look(by, entries = null) {
    const outcome = await call('GET', '/auth/session');
    if (outcome.kind === 'outage') return waitOut(outcome, () => look(by, entries));
    if (outcome.kind === 'answer')
      return arrive(outcome.body, entries ?? arrival(state.details, outcome.body), by);
    if (outcome.status !== 401) return stay(outcome, () => look(by, entries));
    if (state.view !== 'signed-in' && outcome.problem.code === 'ERR_TOKEN_MISSING' && !mayHoldSession())
      return leave(story.noSession());
    return refresh(by === 'retry' ? 'retry' : 'resume');
  }

  /** Sends what may change the session beside a refresh, and looks what became of it. */
  async function act(path, entriesOf) {
    const outcome = await call('POST', path);
    if (outcome.kind === 'outage') {
      waitOut(outcome, () => look('retry'));
    } else if (outcome.kind === 'refused') {
      tell(story.refused({ problem: outcome.problem, doing: 'Not done' }));
      await look('act');
    } else {
      for (const entry of entriesOf(outcome.body)) tell(entry);
      await look('act', []);
    }
    return outcome;
  }

  async function refresh(by) {
    const outcome = await call('POST', '/auth/refresh');
    if (outcome.kind === 'outage') return waitOut(outcome, () => refresh('retry'));
    if (outcome.kind === 'answer') {
      otherTabs.tell();
      const lifeMs = outcome.body.expires_in * 1000;
      return afterExchange({
        body: outcome.body,
        lifeMs,
        entriesFor: (details) => {
          const { chain } = details;
          if (family.arrived(chain.generation)) return [story.resent({ by, chain })];
          return moved(state.details, details, by);
        },
      });
    }
    if (outcome.status !== 401) return stay(outcome, () => refresh(by));
    const held = state.view === 'signed-in' || outcome.problem.code !== 'ERR_REFRESH_MISSING';
    return held ? end(outcome.problem) : leave(story.noSession());
  }

  /** The server will hear no more of this session. Why, only who brought it about can know. */
  function end({ code }) {
    const fall = family.holds?.fall ?? null;
    const over = { fall, code, places: family.places() };
    // Whoever brought it about here has been told already.
    if (fall?.here) return leave(null, over);
    return leave(fall === null ? story.sessionOver() : story.fellOut(fall), over);
  }

  /** Another tab knows how a session ended: the one here, or the one that this page has found over by itself before it was told. */
  function explain({ sessionId, fall }) {
    if (family.holds?.sessionId !== sessionId) return;
    family.fall(fall);
    if (state.over === null || state.over.fall !== null) return;
    tell(story.fellOut(fall));
    publish({ over: { ...state.over, fall, places: family.places() } });
  }

  /** After new cookies: fetches the details; if just now nobody answers, shows what is known already. */
  async function afterExchange({ body, lifeMs, entriesFor }) {
    state.accessLifeMs = lifeMs;
    const outcome = await call('GET', '/auth/session');
    if (outcome.kind === 'answer') return arrive(outcome.body, entriesFor(outcome.body));
    const partial = partialDetails(body, state.details);
    arrive(partial, entriesFor(partial));
    if (outcome.kind === 'outage') return waitOut(outcome, () => look('retry'));
    return stay(outcome, () => look('retry'));
  }

  /** Refused, but not for want of a session: nobody is signed out by it. */
  function stay(outcome, retry) {
    const action = { label: 'Try again', busyLabel: 'Trying', work: () => inTurn(retry) };
    problem.refused(outcome.problem, action);
    tell(story.refused({ problem: outcome.problem, doing: 'Refused' }));
    if (state.view === 'loading') publish({ view: 'unknown' });
  }

  /** @returns the outcome, for the form to show, unless it worked */
  async function enter(path, credentials) {
    const outcome = await call('POST', path, credentials);
    if (outcome.kind !== 'answer') return outcome;
    otherTabs.tell();
    const { body } = outcome;
    state.details = null;
    family.forget();
    const entry = story.signedIn({
      isNew: path.endsWith('sign-up'),
      who: body.user.email,
      generation: body.session.generation ?? 1,
      expiresIn: body.expires_in,
    });
    await afterExchange({ body, lifeMs: body.expires_in * 1000, entriesFor: () => [entry] });
    return null;
  }

  async function signOut() {
    const outcome = await call('POST', '/auth/sign-out');
    if (outcome.kind === 'outage') {
      const title = `Not signed out: ${outcome.problem.title}`;
      const retry = () => inTurn(signOut);
      problem.outage({ ...outcome.problem, title }, { holdsSession: true, retryAt: null, retry });
      return tell(story.refused({ problem: outcome.problem, doing: 'Not signed out' }));
    }
    if (outcome.kind === 'refused' && outcome.status !== 401) return stay(outcome, signOut);
    family.fall({ reason: 'signed_out' });
    otherTabs.tell(family.ending());
    return leave(story.signedOut({ alreadyOver: outcome.kind === 'refused' }));
  }

  return {
    get isOut() {
      return state.out;
    },
    start: () => inTurn(() => look('start')),
    /** Something may have changed outside of this tab. */
    lookAgain: () => inTurn(() => (state.out ? undefined : look('elsewhere'))),
    /** The same without a sign that it was asked. */
    glance: () => inTurn(() => (state.out || state.view !== 'signed-in' ? undefined : look('glance'))),
    refresh: (by = 'user') => inTurn(() => refresh(by)),
    act: (path, entriesOf) => inTurn(() => act(path, entriesOf)),

    enter: (path, credentials) => inTurn(() => enter(path, credentials)),

    signOut: () => inTurn(signOut),
    explain,
  };
}

/** The CSRF token comes and goes with the session, and is the one cookie of it that script can see. */
function mayHoldSession() {
  return /(?:^|; )__Host-[^=;]+_csrf=/.test(document.cookie);
}

function arrival(before, details) {
  if (before === null) return [story.resumed({ renewed: false })];
  if (before.session.id !== details.session.id) return [story.sessionChanged({ who: nameOf(details) })];
  if (details.chain.generation > before.chain.generation) return moved(before, details, 'elsewhere');
  return [];
}

function moved(before, details, by) {
  const { chain } = details;
  if (before === null) return [story.resumed({ renewed: true, generation: chain.generation })];
  if (chain.generation === before.chain.generation) return [story.repeated({ by, chain })];
  return [story.rotated({ by, from: chain.generation - 1, to: chain.generation, chain })];
}

export function nameOf(details) {
  return details.user?.email ?? details.subject;
}

/** What the server saw of the chain since it was last asked. */
function changesOf(before, { session, chain }, { by, copied }) {
  if (before === null || before.session.id !== session.id || before.chain.generation !== chain.generation)
    return [];
  const entries = [];
  if (chain.settled && !before.chain.settled) entries.push(story.settled({ chain, copied }));
  if (chain.late > before.chain.late && by !== 'act') entries.push(story.resentLate({ chain }));
  return entries;
}

function partialDetails(body, before) {
  const sameSession = before !== null && before.session.id === body.session.id ? before : null;
  const chain = { delivered_at: null, settled: false, late: 0, race_window_ms: null, settling_ms: null };
  return {
    ...sameSession,
    session_id: body.session.id,
    subject: body.user?.id ?? sameSession?.subject ?? '',
    user: body.user ?? sameSession?.user,
    expires_in: body.expires_in,
    session: { ...sameSession?.session, ...body.session },
    chain: { ...chain, generation: body.session.generation ?? sameSession?.chain.generation ?? 1 },
  };
}
