import { spanOf } from './clock.js';

/**
 * What happened, what it means, what to do: one entry of the time line.
 *
 * @typedef {{ event: string, kind: 'good' | 'info' | 'seal' | 'warn' | 'bad', what: string, means: string,
 *   todo?: string, code?: string }} Entry
 */

export function noSession() {
  return {
    event: 'no-session',
    kind: 'info',
    what: 'No session here.',
    means: 'This browser sent no token that counts.',
    todo: 'Sign in, or sign up if you are new.',
  };
}

export function signedIn({ isNew, who, generation, expiresIn }) {
  return {
    event: isNew ? 'signed-up' : 'signed-in',
    kind: 'good',
    what: isNew ? `Signed up and in as ${who}.` : `Signed in as ${who}.`,
    means: `The server set two cookies that no script can read: an access token that lives ${spanOf(expiresIn * 1000)}
      and a refresh token, generation ${generation}.`,
    todo: 'Call the protected route, or refresh to see the chain move.',
  };
}

export function resumed({ renewed, generation }) {
  return {
    event: 'resumed',
    kind: 'good',
    what: 'Your session is still here.',
    means: renewed
      ? `The access token was gone; the refresh token brought a new one, generation ${generation}.`
      : 'The access token in your cookie counts, and the server told this page whose it is.',
  };
}

const REFRESHER = {
  user: 'You refreshed',
  timer: 'Renewed by itself',
  resume: 'Renewed on return',
  retry: 'Renewed once the server answered',
  elsewhere: 'Refreshed in another tab',
  theft: 'Your browser moved on',
};

export function rotated({ by, from, to, chain }) {
  const what = `${REFRESHER[by]}: generation ${to} took over.`;
  if (chain.rotation === 'strict') {
    const means = `Generation ${from} has come back and is notched. Should it come again, it is reuse and ends the session.`;
    return { event: 'rotated', kind: 'seal', what, means };
  }
  const span = chain.race_window_ms > 0 ? ` within ${spanOf(chain.race_window_ms)}` : '';
  return {
    event: 'rotated',
    kind: 'seal',
    what,
    means: `Generation ${from} has come back and is notched. Should it come again${span}, that is a lost answer, and ${to}
      is sent once more; after ${to} has settled, it is reuse and ends the session.`,
    todo: waitForSettling(chain),
  };
}

function waitForSettling(chain) {
  if (!(chain.settling_ms > 0)) return 'Nothing: the chain takes care of itself.';
  return `Nothing: in ${spanOf(chain.settling_ms)}, the next use of the access token settles it.`;
}

export function repeated({ by, chain }) {
  return {
    event: 'repeated',
    kind: 'info',
    what: `${REFRESHER[by]}: generation ${chain.generation} again, with a fresh access token.`,
    means: `It was delivered less than ${spanOf(chain.settling_ms)} ago. Until that has passed, everybody who asks gets the
      same refresh token, so that tabs that race do not sign each other out.`,
    todo: 'Refresh once that has passed to see the next generation.',
  };
}

export function resent({ by, chain }) {
  const { generation } = chain;
  return {
    event: 'resent',
    kind: 'good',
    what: `${REFRESHER[by]}: generation ${generation} was sent again, the same one.`,
    means: `Your browser showed ${generation - 1}, which had come back before. Its successor had not been seen in use, so the server
      took it for a lost answer and gave out no second one. You are still signed in.`,
    todo: waitForSettling(chain),
  };
}

export function settled({ chain, copied }) {
  return {
    event: 'settled',
    kind: 'good',
    what: `Generation ${chain.generation} has settled.`,
    means: `An access token of it, older than ${spanOf(chain.settling_ms)}, was used: your browser surely has it. From now
      on its predecessor coming back is taken for theft.`,
    todo: copied === null ? 'Nothing. The next refresh rotates.' : 'Let the thief strike.',
  };
}

export function resentLate({ chain }) {
  return {
    event: 'resent-late',
    kind: 'warn',
    what: `Generation ${chain.generation} was sent again, late.`,
    means: 'Its predecessor came back after the race window: an answer was lost, or two hold the token.',
    todo: 'Sign out if you did not expect this; the fourth in a row ends the session.',
  };
}

export function sessionChanged({ who }) {
  return {
    event: 'session-changed',
    kind: 'info',
    what: `This browser now holds another session, of ${who}.`,
    means: 'Somebody signed in in another tab; cookies belong to the browser, not to a tab.',
  };
}

export function sessionOver() {
  return {
    event: 'session-over',
    kind: 'bad',
    what: 'This session is over.',
    means: `Its refresh token was refused: it was ended elsewhere, it expired, or an older generation came back. The answer
      is the same for all three, so that a thief learns nothing.`,
    todo: 'Sign in again.',
  };
}

const FALLS = {
  reused: ({ reused }) => ({
    what: `This tab fell out: the family has died, because generation ${reused} came back twice.`,
    means: 'Two parties held the session, so it ended for both; every tab of this browser was one of them.',
  }),
  revoked_all: () => ({
    what: 'This tab fell out: everything was revoked in another tab.',
    means:
      'Every session of everybody has ended. Access tokens that had minutes to live are refused already.',
  }),
  signed_out: () => ({
    what: 'This tab fell out: you signed out in another tab.',
    means: 'Cookies belong to the browser, not to a tab, and the session ended on the server.',
  }),
};

/** Another tab has said how the session ended. */
export function fellOut(fall) {
  return { event: 'fell-out', kind: 'bad', ...FALLS[fall.reason](fall), todo: 'Sign in again.' };
}

export function signedOut({ alreadyOver }) {
  return {
    event: 'signed-out',
    kind: 'info',
    what: alreadyOver ? 'Signed out: the session was over already.' : 'Signed out.',
    means:
      'The server ended the session and took both cookies back. Its access tokens are refused now, not when they expire.',
    todo: 'Call the protected route: it refuses.',
  };
}

export function outage({ problem, holdsSession }) {
  return {
    event: 'outage',
    kind: 'warn',
    what: `${problem.title}.`,
    means: holdsSession
      ? 'An outage signs nobody out: your cookies stay, and so does this view.'
      : 'Whether there is a session is not known; if there is one, it is kept.',
    todo: 'Wait, or press “Try again”.',
  };
}

export function answersAgain() {
  return {
    event: 'answers-again',
    kind: 'good',
    what: 'The server answers again.',
    means: 'Nothing was lost meanwhile.',
  };
}

export function refused({ problem, doing }) {
  return {
    event: 'refused',
    kind: 'bad',
    what: `${doing}: ${problem.title}.`,
    means: problem.detail,
    code: problem.code,
  };
}

export function protectedAnswered({ outcome, signedIn: isSignedIn }) {
  const what = `The protected route answered ${outcome.status}.`;
  if (outcome.kind === 'answer') {
    return {
      event: 'protected-ok',
      kind: 'good',
      what,
      means: 'Your access token counts, and it says who you are.',
    };
  }
  if (outcome.kind === 'outage') {
    return {
      event: 'protected-outage',
      kind: 'warn',
      what: `${outcome.problem.title}.`,
      means: outcome.problem.detail,
    };
  }
  const { code, detail } = outcome.problem;
  const wantsToken = code === 'ERR_TOKEN_MISSING' || code === 'ERR_TOKEN_EXPIRED';
  const todo = isSignedIn ? 'Refresh, then call again.' : 'Sign in, then call again.';
  return {
    event: 'protected-refused',
    kind: 'bad',
    what,
    means: detail,
    todo: wantsToken ? todo : undefined,
    code,
  };
}

export function othersEnded({ count }) {
  return {
    event: 'others-ended',
    kind: 'info',
    what: count === 1 ? 'One other session was ended.' : `${count} other sessions were ended.`,
    means: 'Their tokens are refused from now on, wherever they are used.',
  };
}
