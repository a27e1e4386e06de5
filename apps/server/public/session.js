import { call } from './api.js';
import { nowMs } from './clock.js';
import { createRenewal } from './renewal.js';
import * as story from './story.js';

/**
 * The session as far as a page can know it. No token is ever in here: the cookies are HttpOnly, and this asks the
 * server what they are worth. Only a refusal by the server ends a session; an outage never does.
 *
 * `view` is `loading`, `unknown` (nobody answered so far), `signed-out` or `signed-in`.
 */
export function createSession({ changed, tell, problem, otherTabs }) {
  const state = { view: 'loading', details: null, accessEndsMs: null, accessLifeMs: null, out: false };
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

  function leave(entry) {
    renewal.stop();
    whenOnline = null;
    const wasSignedIn = state.view === 'signed-in';
    recovered();
    if (entry && (wasSignedIn || state.view !== 'signed-out')) tell(entry);
    publish({ view: 'signed-out', details: null, accessEndsMs: null });
  }

  /** Takes over what the server told, and tells what is new about it. */
  function arrive(details, entries) {
    const before = state.details;
    whenOnline = null;
    recovered();
    for (const entry of entries) tell(entry);
    for (const entry of changesOf(before, details)) tell(entry);
    const { expires_in: expiresIn } = details;
    renewal.beforeExpiry(expiresIn, () => inTurn(() => refresh('timer')));
    const accessEndsMs = nowMs() + expiresIn * 1000;
    publish({ view: 'signed-in', details, accessEndsMs });
  }

  /** Asks whose session the cookies hold; where the access token no longer counts, refreshes once. */
  async function look(by) {
    const outcome = await call('GET', '/auth/session');
    if (outcome.kind === 'outage') return waitOut(outcome, () => look(by));
    if (outcome.kind === 'answer') return arrive(outcome.body, arrival(state.details, outcome.body));
    if (outcome.status !== 401) return stay(outcome, () => look(by));
    return refresh(by === 'retry' ? 'retry' : 'resume');
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
        entriesFor: (details) => moved(state.details, details, by),
      });
    }
    if (outcome.status !== 401) return stay(outcome, () => refresh(by));
    const held = state.view === 'signed-in' || outcome.problem.code !== 'ERR_REFRESH_MISSING';
    leave(held ? story.sessionOver() : story.noSession());
    if (held) problem.refused(outcome.problem);
    return undefined;
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
    otherTabs.tell();
    return leave(story.signedOut({ alreadyOver: outcome.kind === 'refused' }));
  }

  return {
    start: () => inTurn(() => look('start')),
    /** Something may have changed outside of this tab. */
    lookAgain: () => inTurn(() => (state.out ? undefined : look('elsewhere'))),
    refresh: () => inTurn(() => refresh('user')),

    enter: (path, credentials) => inTurn(() => enter(path, credentials)),

    signOut: () => inTurn(signOut),
  };
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
function changesOf(before, { session, chain }) {
  if (before === null || before.session.id !== session.id || before.chain.generation !== chain.generation)
    return [];
  const entries = [];
  if (chain.settled && !before.chain.settled) entries.push(story.settled({ chain }));
  if (chain.late > before.chain.late) entries.push(story.resentLate({ chain }));
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
