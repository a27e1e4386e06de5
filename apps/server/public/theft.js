import { rotatesInMs, ageOf } from './chain.js';
import { everySecond, setText, spanOf } from './clock.js';
import { byId } from './element.js';

const STEPS = ['steal', 'move', 'settle', 'strike'];

/** An access token that another tab has renewed proves less; then a second refresh makes the copy a grandparent. */
const PATIENCE_MS = 4_000;

/**
 * The theft, step by step: the copy, the victim's browser that moves on, the proof that it has, the strike. The page acts
 * the victim, which does no more than any browser would; when the thief strikes is the visitor's choice.
 */
export function createTheft({ family, session }) {
  let busy = false;

  everySecond(() => {
    const found = judge();
    show(found);
    if (found !== null) void play(found);
  });

  /** Where it stands: null where nothing is stolen of a family that lives. */
  function judge() {
    const held = family.holds;
    if (held === null || held.chain === null || held.copied === null || held.fall !== null) return null;
    const { chain, copied, away } = held;
    const restMs = rotatesInMs(chain);
    const behind = chain.generation - copied;
    if (behind === 0 || away !== null) return { step: 'move', copied, chain, away, restMs };
    const isProven = behind > 1 || chain.settled || chain.rotation === 'strict';
    return { step: isProven ? 'strike' : 'settle', copied, chain, away, restMs };
  }

  /** What the victim's browser does next, if its time has come. */
  async function play({ step, away, chain, restMs }) {
    if (busy || session.isOut || document.visibilityState === 'hidden') return;
    // A lost answer is for the visitor to retry.
    const moves = step === 'move' && (away === null ? restMs === 0 : away.how === 'taken');
    const overdue = step === 'settle' && restMs === 0;
    if (!moves && !overdue) return;
    busy = true;
    try {
      if (moves) await session.refresh('theft');
      else if (ageOf(chain) - chain.settling_ms > PATIENCE_MS) await session.refresh('theft');
      else await session.glance();
    } finally {
      busy = false;
    }
  }

  return { show: () => show(judge()), isReady: () => judge()?.step === 'strike' };
}

function show(found) {
  const at = found === null ? 0 : STEPS.indexOf(found.step);
  for (const [index, name] of STEPS.entries()) {
    const item = byId(`step-${name}`);
    item.dataset.state = index < at ? 'done' : index === at ? 'now' : 'open';
    if (index === at) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
    setText(byId(`step-${name}-word`), WORDS[name](found, index - at));
  }
  byId('steal').hidden = found !== null;
  byId('strike').hidden = found === null;
  if (byId('strike').getAttribute('aria-disabled') !== 'true') {
    const isReady = found?.step === 'strike';
    byId('strike').dataset.kind = isReady ? 'primary' : 'plain';
    setText(byId('strike'), isReady ? 'Let the thief strike' : 'Let the thief strike too early');
  }
  fillWait(found);
}

const WORDS = {
  steal: (found) =>
    found === null ? 'A thief copies the cookie.' : `The thief holds a copy of ${found.copied}.`,
  move(found, distance) {
    if (distance > 0 || found === null) return 'Your browser refreshes, and a new generation takes over.';
    if (distance < 0) return `${found.copied} came back; ${found.chain.generation} took over.`;
    if (found.away?.how === 'lost') return 'The answer was lost: retry it, and your browser has moved on.';
    if (found.restMs === 0) return 'Your browser refreshes.';
    return `Generation ${found.copied} is young: your browser refreshes in ${spanOf(found.restMs)}.`;
  },
  settle(found, distance) {
    if (distance > 0 || found === null) return 'Your browser uses what it was given, long enough for proof.';
    const { generation } = found.chain;
    if (distance < 0) return `Proven: your browser has stored ${generation}.`;
    return found.restMs === 0
      ? `Your browser uses ${generation}.`
      : `${generation} settles in ${spanOf(found.restMs)}, by use.`;
  },
  strike: (found, distance) =>
    found === null || distance > 0
      ? 'The thief shows the copy: it comes back twice.'
      : `Now: the thief shows ${found.copied}.`,
};

/** The two waits, as one bar each. */
function fillWait(found) {
  const waits = found !== null && found.step !== 'strike' && found.restMs > 0;
  byId('theft-wait').hidden = !waits;
  if (!waits) return;
  byId('theft-wait').max = found.chain.settling_ms;
  byId('theft-wait').value = found.chain.settling_ms - found.restMs;
}
