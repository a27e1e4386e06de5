import { element, shape } from './element.js';
import { drawPile, drawTablet } from './tablet.js';

const WORDS = {
  returned: ['seal', 'returned'],
  held: ['info', 'still here'],
  delivered: ['info', 'delivered'],
  settled: ['good', 'settled'],
  late: ['warn', 'resent late'],
  resent: ['good', 'resent'],
  lost: ['warn', 'lost'],
  taken: ['warn', 'taken'],
  reused: ['bad', 'reused'],
  ended: ['bad', 'ended'],
  next: ['info', 'next'],
};

/** The states in which a tablet is the one that counts. */
const PRESENT = new Set(['delivered', 'settled', 'late', 'resent', 'lost', 'taken', 'ended']);

/** Equal for families that look alike. */
export function keyOf(places) {
  return JSON.stringify(places);
}

/** Draws the family into a list, tablet after tablet, each with its number and its word. */
export function drawFamily(list, places, movedTo) {
  list.replaceChildren(
    ...places.map((place) => (place.kind === 'pile' ? pile(place) : item(place, movedTo))),
  );
}

function item({ generation, state, copied }, movedTo) {
  const [kind, word] = WORDS[state];
  const present = PRESENT.has(state);
  return element(
    'li',
    {
      'data-generation': generation,
      'data-state': state,
      'data-copied': copied ? 'true' : null,
      'data-moved': present && generation === movedTo ? 'true' : null,
      'aria-current': present ? 'true' : null,
    },
    [
      drawTablet(generation, state, copied),
      element('span', { class: 'tablet-name' }, [
        element('span', { class: 'visually-hidden' }, 'Generation '),
        String(generation),
      ]),
      element('span', { class: 'tablet-word' }, [shape(kind), element('span', {}, word)]),
      copied
        ? element('span', { class: 'tablet-word tablet-copied' }, [
            shape('copy'),
            element('span', {}, 'copied'),
          ])
        : null,
    ],
  );
}

function pile({ from, to }) {
  const name = from === to ? String(from) : `${from} – ${to}`;
  return element('li', { 'data-state': 'returned', class: 'pile' }, [
    drawPile(),
    element('span', { class: 'tablet-name' }, name),
    element('span', { class: 'tablet-word' }, [shape('seal'), element('span', {}, 'returned')]),
  ]);
}

/** The family in one line, small, for the time line; what it shows is said in words, too. */
export function drawLine(places) {
  const tablets = places.filter(({ kind }) => kind === 'tablet');
  const told = tablets.filter(({ state }) => state !== 'next').map(inWords);
  return element(
    'div',
    { class: 'line', role: 'img', 'aria-label': `The family: ${told.join(', ')}.` },
    places.map((place) =>
      element(
        'span',
        { class: 'line-place', 'data-state': place.kind === 'pile' ? 'returned' : place.state },
        place.kind === 'pile' ? drawPile() : drawTablet(place.generation, place.state, place.copied),
      ),
    ),
  );
}

function inWords({ generation, state, copied }) {
  return `generation ${generation} ${WORDS[state][1]}${copied ? ', copied by a thief' : ''}`;
}

/** A row of four tablets for those who have no session yet. */
export function drawEmblem(list) {
  const states = ['returned', 'returned', 'settled', 'next'];
  const items = states.map((state, at) =>
    element('li', { 'data-state': state }, drawTablet(at + 1, state, false)),
  );
  list.replaceChildren(...items);
}
