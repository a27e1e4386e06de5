import { svg } from './element.js';
import { drawNumeral } from './numeral.js';

const WHOLE =
  'M6 1.5h68a4.5 4.5 0 0 1 4.5 4.5v84a4.5 4.5 0 0 1-4.5 4.5H6A4.5 4.5 0 0 1 1.5 90V6A4.5 4.5 0 0 1 6 1.5z';
const NOTCHED =
  'M6 1.5h42l8 12 8-12h10a4.5 4.5 0 0 1 4.5 4.5v84a4.5 4.5 0 0 1-4.5 4.5H6A4.5 4.5 0 0 1 1.5 90V6A4.5 4.5 0 0 1 6 1.5z';

/**
 * A wax tablet with its generation scratched into it. The notch says that it has come back; the one that is out is
 * whole and red; the one to come is an outline.
 */
export function drawTablet(generation, state) {
  const notched = state === 'returned' || state === 'reused';
  const parts = [svg('path', { class: 'tablet-frame', d: notched ? NOTCHED : WHOLE })];
  if (state !== 'next')
    parts.push(svg('rect', { class: 'tablet-wax', x: 9, y: 17, width: 62, height: 70, rx: 2 }));
  parts.push(drawNumeral(generation, { x: 40, y: 52, width: 46 }));
  return svg(
    'svg',
    { class: 'tablet', 'data-state': state, viewBox: '0 0 80 96', 'aria-hidden': 'true' },
    parts,
  );
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
  return svg(
    'svg',
    { class: 'tablet', 'data-state': 'returned', viewBox: '0 0 80 96', 'aria-hidden': 'true' },
    layers,
  );
}
