import { svg } from './element.js';
import { drawNumeral } from './numeral.js';

const WHOLE =
  'M6 1.5h68a4.5 4.5 0 0 1 4.5 4.5v84a4.5 4.5 0 0 1-4.5 4.5H6A4.5 4.5 0 0 1 1.5 90V6A4.5 4.5 0 0 1 6 1.5z';
const NOTCHED =
  'M6 1.5h42l8 12 8-12h10a4.5 4.5 0 0 1 4.5 4.5v84a4.5 4.5 0 0 1-4.5 4.5H6A4.5 4.5 0 0 1 1.5 90V6A4.5 4.5 0 0 1 6 1.5z';
const NOTCHED_TWICE =
  'M6 1.5h10l8 12 8-12h16l8 12 8-12h10a4.5 4.5 0 0 1 4.5 4.5v84a4.5 4.5 0 0 1-4.5 4.5H6A4.5 4.5 0 0 1 1.5 90V6A4.5 4.5 0 0 1 6 1.5z';
const FRAMES = { returned: NOTCHED, reused: NOTCHED_TWICE };

/** From edge to edge: what is broken serves nobody. */
const CRACK = 'M52 1.5l-9 22 10 13-17 21 8 14-9 23';

/**
 * A wax tablet with its generation scratched into it. A notch says that it has come back, two that it has come back
 * twice; the one that is out is whole and red; the one to come is an outline. Behind one that was copied, its copy shows.
 */
export function drawTablet(generation, state, copied) {
  const frame = FRAMES[state] ?? WHOLE;
  const parts = [];
  if (copied) parts.push(svg('path', { class: 'tablet-copy', d: WHOLE, transform: 'translate(8 -8)' }));
  parts.push(svg('path', { class: 'tablet-frame', d: frame }));
  if (state !== 'next')
    parts.push(svg('rect', { class: 'tablet-wax', x: 9, y: 17, width: 62, height: 70, rx: 2 }));
  parts.push(drawNumeral(generation, { x: 40, y: 52, width: 46 }));
  if (state === 'ended') parts.push(svg('path', { class: 'tablet-crack', d: CRACK }));
  return frameOf(state, parts);
}

/** The generations that are too long ago to be drawn one by one. */
export function drawPile() {
  const layers = [12, 6, 0].map((offset) =>
    svg('path', {
      class: 'tablet-frame',
      d: NOTCHED,
      transform: `translate(${offset} ${12 - offset}) scale(0.84)`,
    }),
  );
  return frameOf('returned', layers);
}

function frameOf(state, parts) {
  const attributes = { class: 'tablet', 'data-state': state, viewBox: '0 0 80 96', 'aria-hidden': 'true' };
  return svg('svg', attributes, parts);
}
