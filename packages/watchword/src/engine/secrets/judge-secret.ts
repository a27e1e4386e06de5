import { isPeriodic, patternOf } from '../../crypto/byte-pattern.ts';
import { parseSecretText } from '../../crypto/secret-text.ts';

/** What is wrong with a secret, in words that complete "WATCHWORD_SECRET …". */
export type SecretVerdict =
  | { readonly kind: 'good'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly why: string };

const MIN_BYTES = 32;
const MAX_BYTES = 64;

/** Random base64url has words by this rule too, but not so many: of 20 million secrets one had 0.72. */
const SHARE_OF_WORDS = 0.8;

const HEX = /^[0-9a-fA-F]+$/;

/** Whether a secret is long enough and looks random: 32 to 64 bytes in hex or base64url. */
export function judgeSecret(text: string): SecretVerdict {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'refused', why: 'is empty' };
  const bytes = parseSecretText(trimmed);
  if (bytes === undefined) return { kind: 'refused', why: 'is neither hex nor base64url' };
  if (bytes.length < MIN_BYTES) {
    return { kind: 'refused', why: `spells ${bytes.length} bytes, where at least ${MIN_BYTES} are needed` };
  }
  if (bytes.length > MAX_BYTES) {
    return { kind: 'refused', why: `spells ${bytes.length} bytes, where at most ${MAX_BYTES} make sense` };
  }
  const guess = looksGuessable(trimmed, bytes);
  return guess === undefined ? { kind: 'good', bytes } : { kind: 'refused', why: `is guessable: ${guess}` };
}

function looksGuessable(text: string, bytes: Uint8Array): string | undefined {
  const pattern = patternOf(bytes);
  if (pattern !== undefined) return pattern;
  if (isPeriodic(text)) return 'it repeats itself';
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'it is readable text in another spelling';
  if (!HEX.test(text) && looksLikeWords(text)) return 'it is made of words';
  return undefined;
}

/**
 * Words that stand in secrets which people wrote, in one case throughout: so spelt, a random secret has one of them once in
 * some 10^9. “secret” is short, and counts only as a word by itself.
 */
const PLACEHOLDERS = [
  'passwor',
  'changeme',
  'example',
  'default',
  'jsonweb',
  'qwertyu',
  'asdfghj',
  'zxcvbnm',
];
const PLACEHOLDER = new RegExp(
  [
    ...PLACEHOLDERS.flatMap((word) => [word, word.toUpperCase(), capitalised(word)]),
    '(?<![a-z])secret(?![a-z])',
    '(?<![A-Z])SECRET(?![A-Z])',
    'Secret(?![a-z])',
  ].join('|'),
);

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const LETTERS = 'etaoinshrdlcumwfgypbvkxjqz';
const PER_MILLE = [
  127, 91, 82, 75, 70, 67, 63, 61, 60, 43, 40, 28, 28, 24, 24, 22, 20, 20, 19, 15, 10, 8, 1.5, 1.5, 1, 0.7,
];

/**
 * How many bits more likely the text is as English than as random base64url. By Markov's inequality a random text
 * reaches n bits at most once in 2^n; in 20 million the most was 18.
 */
const MAX_BITS_OF_ENGLISH = 26;

interface LetterCase {
  readonly lower: number;
  readonly upper: number;
}
const MOSTLY_LOWER: LetterCase = { lower: 0.74, upper: 0.14 };
const MOSTLY_UPPER: LetterCase = { lower: 0.14, upper: 0.74 };

/** base64url can spell a passphrase such as `MySuperSecretKeyThatNobodyWillEverGuess1234`. */
function looksLikeWords(text: string): boolean {
  const words = text.split(/[-_\d]+/).filter((word) => /^(?:[a-z]{3,}|[A-Z]{3,}|[A-Z][a-z]{2,})$/.test(word));
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return (
    letters > SHARE_OF_WORDS * text.length ||
    PLACEHOLDER.test(text) ||
    bitsOfEnglish(text, MOSTLY_LOWER) > MAX_BITS_OF_ENGLISH ||
    bitsOfEnglish(text, MOSTLY_UPPER) > MAX_BITS_OF_ENGLISH
  );
}

function bitsOfEnglish(text: string, { lower, upper }: LetterCase): number {
  let bits = 0;
  for (const character of text) {
    const perMille = PER_MILLE[LETTERS.indexOf(character.toLowerCase())];
    const share =
      perMille === undefined
        ? /\d/.test(character)
          ? 0.006
          : 0.03
        : (perMille / 1000) * (/[a-z]/.test(character) ? lower : upper);
    bits += Math.log2(share * 64);
  }
  return bits;
}
