import { everySecond, nowMs, setText, spanOf } from './clock.js';
import { byId, element, onPress, shape } from './element.js';

/** What to do, where the server's own sentence does not say it. */
const ADVICE = {
  ERR_SIGN_IN_FAILED: 'Check both and try again, or sign up if you are new here.',
  ERR_SIGN_UP_CLOSED: 'Ask whoever runs this server for an account.',
  ERR_EMAIL_INVALID: 'Correct the address and try again.',
  ERR_PASSWORD_TOO_SHORT: 'Choose a longer one: a few words are easy to keep in mind.',
  ERR_PASSWORD_TOO_LONG: 'Choose a shorter one.',
  ERR_CROSS_SITE: 'Open this page by its own address and try again.',
  ERR_TOKEN_NOT_YET_VALID: 'Have the clock of the server checked.',
};

const REST = 'Reload the page. If it stays, tell the operator the code below.';

/** Codes whose sentence ends with what to do. */
const SAYS_IT = /again|sign in|sign up|refresh|send one|tell the operator|clear the cookies/i;

export function adviceFor(problem) {
  return ADVICE[problem.code] ?? (SAYS_IT.test(problem.detail) ? '' : REST);
}

/** A code, with the page that explains it where it is one of the server's. */
export function linkCode(code) {
  const name = element('code', {}, code);
  if (!code.startsWith('ERR_')) return name;
  return element('a', { href: `/auth/errors/${code}`, target: '_blank', rel: 'noopener' }, name);
}

/** The one place where a refusal or an outage of the page's own calls is shown. */
export function createProblemNote() {
  const note = byId('problem');
  let retryAtMs = null;
  let countdown = null;
  let outageShown = null;
  let tryAgain = null;

  everySecond(() => countdown !== null && setText(countdown, waitWord(retryAtMs)));

  function show({ kind, problem, advice, action, foot }) {
    note.dataset.kind = kind;
    note.dataset.code = problem.code;
    const button =
      action && element('button', { type: 'button', class: 'button', 'data-size': 'small' }, action.label);
    if (button) onPress(button, action.busyLabel ?? action.label, action.work);
    note.replaceChildren(
      element('p', { class: 'note-title' }, [shape(kind), element('span', {}, problem.title)]),
      element('p', {}, [problem.detail, advice && ` ${advice}`].filter(Boolean)),
      element('div', { class: 'note-foot' }, [
        element('p', { class: 'soft' }, [linkCode(problem.code), ...(foot ? [' · ', foot] : [])]),
        button ?? null,
      ]),
    );
    note.hidden = false;
    note.scrollIntoView({ block: 'nearest' });
  }

  return {
    refused(problem, action) {
      countdown = null;
      outageShown = null;
      show({ kind: 'bad', problem, advice: adviceFor(problem), action });
    },
    outage(problem, { holdsSession, retryAt, retry }) {
      retryAtMs = retryAt;
      tryAgain = retry;
      // The same once more leaves the note alone: its button keeps the focus, and nothing is read out again.
      const key = `${problem.title} ${problem.code} ${retryAt === null}`;
      if (key === outageShown) return;
      outageShown = key;
      countdown = retryAt === null ? null : element('span', { 'aria-hidden': 'true' }, waitWord(retryAt));
      const advice = holdsSession
        ? 'You stay signed in: an outage ends no session.'
        : 'If you have a session, it is kept: an outage ends none.';
      const action = { label: 'Try again', busyLabel: 'Trying', work: () => tryAgain() };
      show({ kind: 'warn', problem, advice, action, foot: countdown });
      note.querySelector('button').id = 'retry';
    },
    clear() {
      countdown = null;
      outageShown = null;
      if (note.contains(document.activeElement)) byId('main').focus({ preventScroll: true });
      note.hidden = true;
      delete note.dataset.code;
      note.replaceChildren();
    },
  };
}

function waitWord(atMs) {
  const restMs = atMs - nowMs();
  return restMs > 500 ? `tried again by itself in ${spanOf(restMs)}` : 'trying again';
}
