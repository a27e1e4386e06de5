import { call } from './api.js';
import { nowMs } from './clock.js';
import { byId, onPress } from './element.js';
import * as story from './story-acts.js';
import { createTheft } from './theft.js';

/**
 * “Try to break it”: what the server does to a session on the visitor's behalf, because no script sees a token. Outside
 * production alone; where the server has no tricks, the section stays away.
 */
export function createActs({ family, session, otherTabs, accessEndsMs }) {
  const theft = createTheft({ family, session });
  const confirmation = createConfirmation({ count: countSessions, work: revokeAll });
  let question = 'open';

  /** Whether the server has tricks; asked until it is known. */
  async function ask() {
    if (question !== 'open') return;
    question = 'asked';
    const outcome = await call('GET', '/demo');
    question = outcome.kind === 'outage' ? 'open' : 'answered';
    const hasTricks = outcome.kind === 'answer' && outcome.body.tricks === true;
    for (const id of ['acts', 'invitation']) byId(id).hidden = !hasTricks;
  }

  function say(id, entry) {
    byId(id).textContent = entry.what;
    byId(id).dataset.kind = entry.kind;
    return [entry];
  }

  function end(fall) {
    family.fall({ ...fall, here: true });
    otherTabs.tell({ sessionId: family.holds.sessionId, fall });
  }

  function loseAnswer() {
    return session.act('/demo/lose-answer', ({ outcome, generation, held_generation: held }) => {
      if (outcome !== 'current') family.away(generation, 'lost');
      return say('lose-said', story.answerLost({ outcome, generation, held }));
    });
  }

  function steal() {
    return session.act('/demo/steal', ({ stolen_generation: generation }) => {
      family.copied(generation);
      return say('theft-said', story.stolen({ generation }));
    });
  }

  function strike() {
    return session.act('/demo/replay', (body) => {
      if (body.outcome === 'rotated') family.away(body.generation, 'taken');
      if (body.outcome === 'nothing_stolen') family.copied(null);
      if (body.outcome === 'reused') end({ reason: 'reused', reused: body.presented_generation });
      return say('theft-said', story.struck(body));
    });
  }

  async function countSessions() {
    const outcome = await call('GET', '/demo/sessions');
    return outcome.kind === 'answer' ? outcome.body.live_sessions : null;
  }

  function revokeAll() {
    return session.act('/demo/revoke-all', () => {
      end({ reason: 'revoked_all' });
      return [story.everythingRevoked({ restMs: Math.max(0, (accessEndsMs() ?? 0) - nowMs()) })];
    });
  }

  onPress(byId('lose-answer'), 'Losing', async () => {
    await loseAnswer();
    if (!byId('retry-lost').hidden) byId('retry-lost').focus();
  });
  onPress(byId('retry-lost'), 'Retrying', async () => {
    await session.refresh();
    const { holds } = family;
    if (holds === null || holds.away !== null) return;
    say('lose-said', {
      kind: 'good',
      what: `Generation ${holds.chain.generation} was sent again: you are still in.`,
    });
    byId('lose-answer').focus();
  });
  onPress(byId('steal'), 'Stealing', async () => {
    await steal();
    theft.show();
    if (byId('steal').hidden) byId('strike').focus();
  });
  onPress(byId('strike'), 'Striking', strike);

  return {
    /** The session has changed. */
    show() {
      void ask();
      const isLost = family.holds?.away?.how === 'lost';
      byId('retry-lost').hidden = !isLost;
      byId('lose-answer').hidden = isLost;
      theft.show();
    },
    /** Another session, another story. */
    clear() {
      for (const id of ['lose-said', 'theft-said']) byId(id).textContent = '';
      confirmation.close();
    },
  };
}

/** What cannot be undone is asked twice; the way back is what has the focus. */
function createConfirmation({ count, work }) {
  const sure = byId('revoke-sure');
  const unnamed = sure.textContent;

  /** The button names its act as soon as it is known how much that is. */
  async function name() {
    sure.textContent = unnamed;
    const sessions = await count();
    const isAwaited = sure.getAttribute('aria-disabled') !== 'true';
    if (sessions === null || !isAwaited) return;
    sure.textContent = sessions === 1 ? 'Revoke the one session' : `Revoke ${sessions} sessions`;
  }

  function open(isOpen) {
    byId('revoke-confirm').hidden = !isOpen;
    byId('revoke-all').hidden = isOpen;
  }
  function cancel() {
    open(false);
    byId('revoke-all').focus();
  }
  byId('revoke-all').addEventListener('click', () => {
    open(true);
    byId('revoke-keep').focus();
    void name();
  });
  byId('revoke-keep').addEventListener('click', cancel);
  byId('revoke-confirm').addEventListener('keydown', (event) => event.key === 'Escape' && cancel());
  onPress(sure, 'Revoking', work);
  return { close: () => open(false) };
}
