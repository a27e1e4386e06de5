import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { createHmacKey } from '../../src/crypto/jws/hmac-key.ts';
import { deriveRefreshKey, type PresentedText } from '../../src/crypto/chain-text.ts';
import { REFRESH_TOKEN } from '../../src/crypto/refresh-token.ts';
import { createSessionId } from '../../src/domain/ids.ts';
import { epochMs } from '../../src/domain/time.ts';
import { rounds } from '../domain/support/property.ts';
import { leakOf } from './support/leak.ts';

/*
 * Does the time of a refusal tell how much of a guess was right? A signature that is wrong from its first character is held
 * against one that is wrong in its last, by Welch's t-test. A comparison that stops at the first difference is noticed.
 */

const ROUNDS = rounds(4000, 100_000);

/** |t| stays below 4.5 in the literature, on quiet machines; a leak grows with the measurements and passes any bound. */
const MOST = 10;
const ATTEMPTS = 3;

const key = createHmacKey(undefined, 'HS256', randomBytes(32));
const input = `${'a'.repeat(100)}.${'b'.repeat(300)}`;
const signature = key.sign(input);

const refreshKey = deriveRefreshKey(randomBytes(32), 1, 'https://app.example');
const share = randomBytes(32);
const session = createSessionId(epochMs(1_700_000_000_000), randomBytes(10));
const refreshToken = REFRESH_TOKEN.parse(
  REFRESH_TOKEN.format(session, 7, refreshKey, share),
) as PresentedText;

/** As many of each sort as one measurement takes. */
const GUESSES = 12;

/** Guesses that are wrong from the beginning, and guesses that are wrong at the end alone, made in one way and side by side. */
function guesses<Guess>(make: (at: 'first' | 'last') => Guess): {
  readonly first: Guess[];
  readonly last: Guess[];
} {
  const first: Guess[] = [];
  const last: Guess[] = [];
  for (let count = 0; count < GUESSES; count += 1) {
    first.push(make('first'));
    last.push(make('last'));
  }
  return { first, last };
}

/** Of the last character some bits are spare: the one before it. */
const signatures = guesses((at) => {
  const bytes = Buffer.from(signature);
  const place = at === 'first' ? 0 : bytes.length - 2;
  bytes[place] = bytes[place] === 0x41 ? 0x42 : 0x41;
  return bytes.toString('latin1');
});

const tags = (right: Uint8Array) =>
  guesses((at) => {
    const bytes = Uint8Array.from(right);
    const place = at === 'first' ? 0 : bytes.length - 1;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    return bytes;
  });

describe('the time of a refusal does not tell where a guess is wrong', () => {
  test('in an HMAC signature', () => {
    assertEven(signatures, (guess) => key.verify(input, guess));
  });

  test('in the outer tag of a refresh token', () => {
    assertEven(tags(refreshToken.outer), (outer) =>
      REFRESH_TOKEN.hasOuterTag({ ...refreshToken, outer }, refreshKey),
    );
  });

  test('in the inner tag of a refresh token', () => {
    assertEven(tags(refreshToken.inner), (inner) =>
      REFRESH_TOKEN.hasInnerTag({ ...refreshToken, inner }, share),
    );
  });
});

describe('the same procedure notices a comparison that stops at the first difference', () => {
  test('of a signature', () => {
    const isRight = (guess: string): boolean => {
      const right = key.sign(input);
      for (let at = 0; at < right.length; at += 1) if (right[at] !== guess[at]) return false;
      return true;
    };
    const { first, last } = signatures;
    const seen = Array.from({ length: ATTEMPTS }, () => leakOf(isRight, first, last, ROUNDS));
    assert.ok(Math.min(...seen) < -MOST, `t = ${seen.join(', ')}`);
  });
});

/** Once more where it is too much: what is not there does not come three times, and what is there does. */
function assertEven<Guess>(
  { first, last }: { readonly first: readonly Guess[]; readonly last: readonly Guess[] },
  judge: (guess: Guess) => boolean,
): void {
  const seen: number[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const t = leakOf(judge, first, last, ROUNDS);
    if (Math.abs(t) < MOST) return;
    seen.push(t);
  }
  assert.fail(`t = ${seen.join(', ')}`);
}
