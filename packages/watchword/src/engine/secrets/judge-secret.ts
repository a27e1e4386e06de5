import { isPeriodic, patternOf } from '../../crypto/byte-pattern.ts';
import { decodeUtf8 } from '../../crypto/bytes.ts';
import { parseSecretText } from '../../crypto/secret-text.ts';
import { bitsOfWords } from './bits-of-words.ts';

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
  if (isReadable(bytes)) return 'it is readable text in another spelling';
  if (!HEX.test(text) && looksLikeWords(text)) return 'it is made of words';
  return undefined;
}

/** Valid UTF-8 without control characters; of random bytes 32 are so once in some 10^10. */
function isReadable(bytes: Uint8Array): boolean {
  const text = decodeUtf8(bytes);
  return text !== undefined && !/[^\P{Cc}\t\r\n]/u.test(text);
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

/**
 * How many bits more likely the text is as words and years than as random base64url. By Markov's inequality a random text
 * reaches n bits at most once in 2^n.
 */
const MAX_BITS_OF_WORDS = 26;

/** base64url can spell a passphrase such as `MySuperSecretKeyThatNobodyWillEverGuess1234`. */
function looksLikeWords(text: string): boolean {
  const words = text.split(/[-_\d]+/).filter((word) => /^(?:[a-z]{3,}|[A-Z]{3,}|[A-Z][a-z]{2,})$/.test(word));
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return (
    letters > SHARE_OF_WORDS * text.length || PLACEHOLDER.test(text) || bitsOfWords(text) > MAX_BITS_OF_WORDS
  );
}
