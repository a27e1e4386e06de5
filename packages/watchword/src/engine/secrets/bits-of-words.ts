/*
 * Random base64url jumps between capitals, small letters and digits; what people write stays in one of them for a word or a
 * year, and has more of e and t than of x and z. Both are told as one likelihood: of each character after the one before it.
 */

type Kind = 'lower' | 'upper' | 'digit' | 'other';
type Shares = Readonly<Record<Kind, number>>;

/** What kind of character comes after one of a kind; `start` is before the first. */
type Habit = Readonly<Record<Kind | 'start', Shares>>;

const AFTER_DIGIT: Shares = { lower: 0.12, upper: 0.18, digit: 0.6, other: 0.1 };

/** `SuperSecretKey2024`, `super-secret-key-2024`. */
const SMALL_LETTERS: Habit = {
  start: { lower: 0.5, upper: 0.35, digit: 0.1, other: 0.05 },
  lower: { lower: 0.82, upper: 0.07, digit: 0.06, other: 0.05 },
  upper: { lower: 0.86, upper: 0.1, digit: 0.02, other: 0.02 },
  digit: AFTER_DIGIT,
  other: { lower: 0.45, upper: 0.25, digit: 0.25, other: 0.05 },
};

/** `SUPER_SECRET_KEY_2024`. */
const CAPITALS: Habit = {
  ...SMALL_LETTERS,
  upper: { lower: 0.04, upper: 0.84, digit: 0.06, other: 0.06 },
  other: { lower: 0.1, upper: 0.6, digit: 0.25, other: 0.05 },
};

const LETTERS = 'etaoinshrdlcumwfgypbvkxjqz';
const PER_MILLE = [
  127, 91, 82, 75, 70, 67, 63, 61, 60, 43, 40, 28, 28, 24, 24, 22, 20, 20, 19, 15, 10, 8, 1.5, 1.5, 1, 0.7,
];
const DIGITS = '0123456789';
const PER_CENT = [19, 21, 20, 9, 6, 5, 5, 4, 4, 7];

/** How many bits more likely a text is as words and years than as random base64url. */
export function bitsOfWords(text: string): number {
  return Math.max(bits(text, SMALL_LETTERS), bits(text, CAPITALS));
}

function bits(text: string, habit: Habit): number {
  let sum = 0;
  let before: Kind | 'start' = 'start';
  for (const character of text) {
    const kind = kindOf(character);
    sum += Math.log2(habit[before][kind] * shareWithin(kind, character) * 64);
    before = kind;
  }
  return sum;
}

function kindOf(character: string): Kind {
  if (character >= 'a' && character <= 'z') return 'lower';
  if (character >= 'A' && character <= 'Z') return 'upper';
  return character >= '0' && character <= '9' ? 'digit' : 'other';
}

function shareWithin(kind: Kind, character: string): number {
  if (kind === 'other') return 0.5;
  if (kind === 'digit') return (PER_CENT[DIGITS.indexOf(character)] ?? 0) / 100;
  return (PER_MILLE[LETTERS.indexOf(character.toLowerCase())] ?? 0) / 1002;
}
