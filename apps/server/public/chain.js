import { everySecond, nowMs, setText, spanOf } from './clock.js';
import { byId } from './element.js';
import { drawFamily, keyOf } from './family-line.js';

/** Draws the chain of a session, and says what a refresh would do now. */
export function createChainView(family) {
  let chain = null;
  let drawn = { sessionId: null, generation: 0, key: '' };

  everySecond(() => chain !== null && narrate(chain, family.holds?.away ?? null));

  function draw(sessionId) {
    const places = family.places();
    const key = `${sessionId} ${keyOf(places)}`;
    if (key === drawn.key) return;
    const moved = drawn.sessionId === sessionId && chain.generation > drawn.generation;
    drawFamily(byId('tablets'), places, moved ? chain.generation : null);
    const strip = byId('strip');
    strip.scrollLeft = strip.scrollWidth;
    drawn = { sessionId, generation: chain.generation, key };
  }

  return {
    show(next, sessionId) {
      chain = next;
      draw(sessionId);
      narrate(chain, family.holds?.away ?? null);
    },
    clear() {
      chain = null;
    },
  };
}

function narrate(chain, away) {
  const { generation } = chain;
  const ageMs = ageOf(chain);
  const known = Number.isFinite(chain.settling_ms);
  const isStrict = chain.rotation === 'strict';
  setText(byId('generation'), String(generation));
  setText(byId('chain-word'), whereItIs(chain, ageMs, away));
  setText(
    byId('fate-now'),
    known ? ifRefreshedNow(chain, ageMs, away) : 'That is known once the server answers.',
  );
  byId('fate-parent-row').hidden = generation === 1 || !known || away !== null;
  setText(byId('fate-parent-title'), `If generation ${generation - 1} comes back`);
  if (known) setText(byId('fate-parent'), ifParentReturns(chain, ageMs));
  byId('settling').hidden = !known || isStrict || ageMs === null || chain.settling_ms === 0;
  if (!byId('settling').hidden) fillSettling(chain, ageMs);
}

/** How long ago the newest generation was delivered; null for the first, which counts as delivered long ago. */
export function ageOf(chain) {
  return chain.delivered_at === null ? null : Math.max(0, nowMs() - Date.parse(chain.delivered_at));
}

/** For how long a refresh still gives the newest generation again; 0 where it rotates. */
export function rotatesInMs(chain) {
  const ageMs = ageOf(chain);
  if (chain.rotation === 'strict' || ageMs === null || !Number.isFinite(chain.settling_ms)) return 0;
  return Math.max(0, chain.settling_ms - ageMs);
}

function whereItIs(chain, ageMs, away) {
  const age = ageMs < 1_000 ? 'just now' : `${spanOf(ageMs)} ago`;
  if (away !== null) {
    const where = away.how === 'lost' ? 'its answer was lost' : 'the thief was given it';
    return `issued ${age}, and ${where}: your browser still holds ${chain.generation - 1}.`;
  }
  const when = ageMs === null ? 'issued at sign-in' : `delivered ${age}`;
  if (chain.rotation === 'strict') return `${when}.`;
  if (chain.settled) return `${when}, settled.`;
  if (chain.late > 0) return `${when}, resent late (${chain.late} in a row; the fourth ends the session).`;
  return `${when}, not settled yet.`;
}

function ifRefreshedNow(chain, ageMs, away) {
  const { generation } = chain;
  if (away !== null) return `Your browser shows ${generation - 1}. ${ifParentReturns(chain, ageMs)}`;
  const next = generation + 1;
  const restMs = rotatesInMs(chain);
  if (restMs === 0) return `Generation ${next} takes over, and ${generation} is notched: it has come back.`;
  const again = `You get generation ${generation} again, with a fresh access token`;
  const why = 'so tabs that race and answers that were lost sign nobody out';
  return `${again}, ${why}. In ${spanOf(Math.max(1000, restMs))}, generation ${next} takes over instead.`;
}

function ifParentReturns(chain, ageMs) {
  const { generation } = chain;
  if (chain.rotation === 'strict') return 'It is reuse, and the session ends: rotation is strict here.';
  if (chain.settled) {
    const why = `Generation ${generation} was seen in use long after its delivery`;
    return `It is reuse, and the session ends. ${why}, so its client has no need of the older one.`;
  }
  const again = `Generation ${generation} is sent again`;
  if (ageMs !== null && ageMs <= chain.race_window_ms) {
    return `${again}: within ${spanOf(chain.race_window_ms)}, it is a lost answer or a race.`;
  }
  return `${again} and counted as late. Once ${generation} has settled, it is reuse and ends the session.`;
}

function fillSettling(chain, ageMs) {
  const bar = byId('settling-bar');
  bar.max = chain.settling_ms;
  bar.value = chain.settled ? chain.settling_ms : Math.min(ageMs, chain.settling_ms);
  bar.dataset.kind = chain.settled ? 'good' : 'seal';
  setText(byId('settling-word'), settlingWord(chain, ageMs));
}

function settlingWord(chain, ageMs) {
  const settling = spanOf(chain.settling_ms);
  const proof = `access token of generation ${chain.generation}, older than ${settling},`;
  if (chain.settled) return `Settled: an ${proof} was used.`;
  if (ageMs <= chain.settling_ms) return `Settling takes ${settling}: use before that proves nothing.`;
  return `Not settled: no ${proof} was used so far.`;
}
