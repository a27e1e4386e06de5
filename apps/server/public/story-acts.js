import { spanOf } from './clock.js';

/** What the acts of “Try to break it” have brought about, each in an entry of the time line (see story.js). */

export function answerLost({ outcome, generation, held }) {
  if (outcome === 'current') {
    return {
      event: 'answer-lost',
      kind: 'info',
      what: `An answer was lost that brought nothing new: generation ${generation} again.`,
      means:
        'The newest was delivered a short while ago, so the server gave the same one. Your browser has it already.',
      todo: 'Lose one again once a refresh rotates: the chain above says when.',
    };
  }
  return {
    event: 'answer-lost',
    kind: 'warn',
    what: `The answer with generation ${generation} was lost.`,
    means: `The server has moved on to ${generation}; your browser knows nothing of it and still holds ${held}. Where a token
      counts once, you would be signed out now.`,
    todo: `Retry: your browser shows ${held} again.`,
  };
}

export function stolen({ generation }) {
  return {
    event: 'stolen',
    kind: 'warn',
    what: `A thief has copied generation ${generation}.`,
    means: `A copy takes nothing away: your browser still holds ${generation}, and neither you nor the server can notice.`,
    todo: `Wait until your browser has moved on, or let the thief strike too early and see.`,
  };
}

/** What became of the thief. */
export function struck(body) {
  const tellers = { rotated, current, resent, resent_late: resentLate, moved_forward: rotated, reused };
  return (tellers[body.outcome] ?? turnedAway)(body);
}

function reused({ presented_generation: presented, generation }) {
  const next = presented + 1;
  const proof =
    next === generation
      ? `Your browser was given ${next}, stored it, and used it`
      : `Your browser has moved on to ${generation} since`;
  return {
    event: 'reused',
    kind: 'bad',
    what: `The family has died: generation ${presented} came back twice.`,
    means: `${proof}; it has no reason to ever show ${presented} again. So two parties hold this session, and nobody can
      tell which is the thief: it ends for both, at once.`,
    todo: 'Sign in again. That starts a family which the thief has never seen.',
  };
}

function rotated({ stolen_generation: shown, generation }) {
  return {
    event: 'thief-served',
    kind: 'warn',
    what: `The thief was first, and was given generation ${generation}.`,
    means: `Generation ${shown} came back for the first time: nothing sets the thief apart from you. Your browser is one
      behind now, and there will be two who show the same token.`,
    todo: 'Let your browser refresh, and wait until what it is given has settled; then strike again.',
  };
}

function current({ generation }) {
  return {
    event: 'thief-served',
    kind: 'warn',
    what: `The thief was given generation ${generation} again.`,
    means:
      'It is the newest, and was delivered a short while ago. So far two who hold it look like one who asks twice.',
    todo: 'Wait until your browser has moved on.',
  };
}

function resent({ stolen_generation: shown, generation }) {
  return {
    event: 'thief-served',
    kind: 'warn',
    what: `Too early: the thief was given generation ${generation}, as your browser was.`,
    means: `Generation ${shown} came back within seconds. That is what a lost answer or a second tab looks like, and to end
      the session for it would sign honest people out every day.`,
    todo: `Wait until ${generation} has settled: then the same act is a conviction.`,
  };
}

function resentLate({ stolen_generation: shown, generation }) {
  return {
    event: 'thief-served',
    kind: 'warn',
    what: `The thief was given generation ${generation}, and it was counted.`,
    means: `Generation ${shown} came back late, though nobody has used ${generation} for long. One lost answer may explain it; the
      fourth in a row ends the session.`,
    todo: `Wait until ${generation} has settled.`,
  };
}

function turnedAway({ outcome }) {
  if (outcome === 'nothing_stolen') {
    return {
      event: 'thief-turned-away',
      kind: 'info',
      what: 'The thief holds nothing of this session.',
      means: 'The server forgets what was stolen when it starts anew, and after half an hour.',
      todo: 'Steal the token first.',
    };
  }
  return {
    event: 'thief-turned-away',
    kind: 'good',
    what: 'The thief was turned away.',
    means: 'The stolen token is not, or no longer, good for anything.',
  };
}

export function everythingRevoked({ restMs }) {
  const rest = restMs > 0 ? `Your access token had ${spanOf(restMs)} to live; it is refused already.` : '';
  return {
    event: 'all-revoked',
    kind: 'bad',
    what: 'Everything was revoked: every session of everybody.',
    means:
      `It was on disk before this answer came, and each check of a token looks into memory for it. ${rest}`.trim(),
    todo: 'Call the protected route: it refuses. Then sign in again.',
  };
}
