import { everySecond, nowMs, setText, spanOf } from './clock.js';
import { byId, element, shape } from './element.js';
import { drawPile, drawTablet } from './tablet.js';

/** How many tablets before the present one are drawn one by one. */
const DRAWN = 4;

const WORDS = {
  returned: ['seal', 'returned'],
  delivered: ['info', 'delivered'],
  settled: ['good', 'settled'],
  late: ['warn', 'resent late'],
  next: ['info', 'next'],
};

/** Draws the chain of a session, and says what a refresh would do now. */
export function createChainView() {
  let chain = null;
  let drawn = { sessionId: null, generation: 0, key: '' };

  everySecond(() => chain !== null && narrate(chain));

  return {
    show(next, sessionId) {
      chain = next;
      const state = stateOf(chain);
      const key = `${sessionId} ${chain.generation} ${state}`;
      if (key !== drawn.key) {
        const moved = drawn.sessionId === sessionId && chain.generation > drawn.generation;
        draw(chain.generation, state, moved);
        drawn = { sessionId, generation: chain.generation, key };
      }
      narrate(chain);
    },
    clear() {
      chain = null;
    },
  };
}

function stateOf(chain) {
  if (chain.settled) return 'settled';
  return chain.late > 0 ? 'late' : 'delivered';
}

function draw(generation, state, moved) {
  const first = Math.max(1, generation - DRAWN);
  const tablets = [];
  if (first > 1) tablets.push(pile(first - 1));
  for (let number = first; number < generation; number += 1) tablets.push(tabletItem(number, 'returned'));
  const present = tabletItem(generation, state);
  present.setAttribute('aria-current', 'true');
  if (moved) present.dataset.moved = 'true';
  tablets.push(present, tabletItem(generation + 1, 'next'));
  byId('tablets').replaceChildren(...tablets);
  const strip = byId('strip');
  strip.scrollLeft = strip.scrollWidth;
}

function tabletItem(generation, state) {
  const [kind, word] = WORDS[state];
  return element('li', { 'data-generation': generation, 'data-state': state }, [
    drawTablet(generation, state),
    element('span', { class: 'tablet-name' }, [
      element('span', { class: 'visually-hidden' }, 'Generation '),
      String(generation),
    ]),
    element('span', { class: 'tablet-word' }, [shape(kind), word]),
  ]);
}

function pile(count) {
  return element('li', { 'data-state': 'returned', class: 'pile' }, [
    drawPile(),
    element('span', { class: 'tablet-name' }, `1 – ${count}`),
    element('span', { class: 'tablet-word' }, [shape('seal'), 'returned']),
  ]);
}

/** A row of four tablets for those who have no session yet. */
export function drawEmblem(list) {
  const states = ['returned', 'returned', 'settled', 'next'];
  const items = states.map((state, at) => element('li', { 'data-state': state }, drawTablet(at + 1, state)));
  list.replaceChildren(...items);
}

function narrate(chain) {
  const { generation } = chain;
  const ageMs = chain.delivered_at === null ? null : Math.max(0, nowMs() - Date.parse(chain.delivered_at));
  const known = Number.isFinite(chain.settling_ms);
  const isStrict = chain.rotation === 'strict';
  const current = known && !isStrict && ageMs !== null && ageMs <= chain.settling_ms;
  setText(byId('generation'), String(generation));
  setText(byId('chain-word'), whereItIs(chain, ageMs));
  setText(
    byId('fate-now'),
    known ? ifRefreshedNow(chain, ageMs, current) : 'That is known once the server answers.',
  );
  byId('fate-parent-row').hidden = generation === 1 || !known;
  setText(byId('fate-parent-title'), `If generation ${generation - 1} comes back`);
  if (known) setText(byId('fate-parent'), ifParentReturns(chain, ageMs));
  byId('settling').hidden = !known || isStrict || ageMs === null || chain.settling_ms === 0;
  if (!byId('settling').hidden) fillSettling(chain, ageMs);
}

function whereItIs(chain, ageMs) {
  const age = ageMs < 1_000 ? 'just now' : `${spanOf(ageMs)} ago`;
  const when = ageMs === null ? 'issued at sign-in' : `delivered ${age}`;
  if (chain.rotation === 'strict') return `${when}.`;
  if (chain.settled) return `${when}, settled.`;
  if (chain.late > 0) return `${when}, resent late (${chain.late} in a row; the fourth ends the session).`;
  return `${when}, not settled yet.`;
}

function ifRefreshedNow(chain, ageMs, current) {
  const next = chain.generation + 1;
  if (!current) return `Generation ${next} takes over, and ${chain.generation} is notched: it has come back.`;
  const restMs = chain.settling_ms - ageMs;
  const again = `You get generation ${chain.generation} again, with a fresh access token`;
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
