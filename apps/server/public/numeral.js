import { svg } from './element.js';

const VALUES = [
  ['M', 1000],
  ['CM', 900],
  ['D', 500],
  ['CD', 400],
  ['C', 100],
  ['XC', 90],
  ['L', 50],
  ['XL', 40],
  ['X', 10],
  ['IX', 9],
  ['V', 5],
  ['IV', 4],
  ['I', 1],
];

/** Each letter as the strokes of a stylus, 34 high, with its width. */
const LETTERS = {
  I: [4, 'M2 0v34'],
  V: [22, 'M0 0l11 34L22 0'],
  X: [22, 'M0 0l22 34M22 0L0 34'],
  L: [16, 'M1 0v34h15'],
  C: [22, 'M22 5C19 1.5 16 0 12 0 5 0 0 7 0 17s5 17 12 17c4 0 7-1.5 10-5'],
  D: [21, 'M1 0v34h6c9 0 14-7 14-17S16 0 7 0z'],
  M: [28, 'M0 34L4 0l10 26L24 0l4 34'],
};

const HEIGHT = 34;
const GAP = 7;
const LONGEST = 8;

export function romanNumeral(number) {
  let rest = number;
  let text = '';
  for (const [letters, value] of VALUES) {
    while (rest >= value) {
      text += letters;
      rest -= value;
    }
  }
  return text;
}

/** The number as strokes around a point, no wider than given; numbers too long for that stand in Arabic figures. */
export function drawNumeral(number, { x, y, width }) {
  const roman = number < 4000 ? romanNumeral(number) : '';
  if (roman === '' || roman.length > LONGEST) return drawFigures(String(number), { x, y });
  const letters = [...roman].map((letter) => LETTERS[letter]);
  const natural = letters.reduce((sum, [advance]) => sum + advance + GAP, -GAP);
  const scale = Math.min(1, width / natural);
  let at = 0;
  const strokes = letters.map(([advance, path]) => {
    const stroke = svg('path', { d: path, transform: `translate(${at} 0)` });
    at += advance + GAP;
    return stroke;
  });
  const corner = `translate(${x - (natural * scale) / 2} ${y - (HEIGHT * scale) / 2}) scale(${scale})`;
  return svg('g', { class: 'tablet-script', transform: corner }, strokes);
}

function drawFigures(text, { x, y }) {
  const size = Math.min(22, 88 / text.length);
  return svg(
    'text',
    { class: 'tablet-figures', x, y: y + size / 3, 'font-size': size, 'text-anchor': 'middle' },
    text,
  );
}
