import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { judgeSecret } from '../../src/engine/secrets/judge-secret.ts';
import { rounds } from '../domain/support/property.ts';

const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');
const counting = (from: number, step: number, count = 32): number[] =>
  Array.from({ length: count }, (_, n) => (from + n * step) & 0xff);

describe('a secret is good', () => {
  const count = rounds(10_000, 100_000);
  test(`if it is random: ${count} of 32 to 64 bytes, in hex of either case and in base64url`, () => {
    for (let round = 0; round < count; round += 1) {
      const bytes = randomBytes(32 + (round % 33));
      for (const text of [
        bytes.toString('hex'),
        bytes.toString('base64url'),
        bytes.toString('hex').toUpperCase(),
      ]) {
        const verdict = judgeSecret(text);
        if (verdict.kind === 'refused') assert.fail(`${text} ${verdict.why}`);
        // Some base64url is hex by chance; the longer the rarer.
        assert.ok(Buffer.from(verdict.bytes).equals(bytes) || /^[0-9a-f]+$/i.test(text));
      }
    }
  });

  test('if chance made it look like words', () => {
    // Random, and two thirds of it words by the eye of a regular expression.
    assert.equal(judgeSecret('Ydn6med3Nqlznft250R3dxz7XYU1Vy741Qno0Sbnmewh').kind, 'good');
  });

  test('with white space around it, as files and shells leave it', () => {
    assert.equal(judgeSecret(` ${randomBytes(32).toString('hex')}\r\n`).kind, 'good');
  });
});

describe('a secret is refused', () => {
  const refused: Readonly<Record<string, string>> = {
    'that is empty': '',
    'of white space': '   ',
    'of 31 bytes': randomBytes(31).toString('hex'),
    'of 65 bytes': randomBytes(65).toString('hex'),
    'of 16 bytes in base64url': randomBytes(16).toString('base64url'),
    'in base64': `${randomBytes(31).toString('base64')}++/=`,
    'with a space inside': `${randomBytes(16).toString('hex')} ${randomBytes(16).toString('hex')}`,
    'in quotes': `"${randomBytes(32).toString('hex')}"`,
    'of one letter': 'a'.repeat(64),
    'of one letter in base64url': 'A'.repeat(43),
    'of zeros': '0'.repeat(64),
    'of f': 'f'.repeat(128),
    '0123456789abcdef, repeated': '0123456789abcdef'.repeat(4),
    'deadbeef, repeated': 'deadbeef'.repeat(8),
    'of 16 random bytes, twice': randomBytes(16).toString('hex').repeat(2),
    'of 20 random bytes, one and a half times': hex([
      ...Buffer.alloc(20, 0).map((_, n) => (n * 37) % 251),
      ...Buffer.alloc(20, 0).map((_, n) => (n * 37) % 251),
    ]),
    'that counts up': hex(counting(0, 1)),
    'that counts up from elsewhere': hex(counting(200, 1, 48)),
    'that counts down': hex(counting(255, -1)),
    'that counts in threes': hex(counting(0, 3)),
    'that counts past the end of a byte': hex(counting(0, 17, 40)),
    'of readable text in hex': Buffer.from('this is not a secret, is it? no!').toString('hex'),
    'of readable text in base64url': Buffer.from('correct horse battery staple 1234').toString('base64url'),
    'of readable text in base64url, with a letter of two bytes': Buffer.from(
      'übung macht den meister, sagt man so',
    ).toString('base64url'),
    'of readable text in hex, with the line’s end': Buffer.from(
      'tomorrow we shall choose another one\n',
    ).toString('hex'),
    'of words wrapped in years': 'Foolfish2027Sunflower1998Arsenal2016Manchester2004',
    'of the name of an application': 'myapp-production-secret-2024-v2-myapp-backend',
    'a passphrase with dashes': 'correct-horse-battery-staple-correct-horse-batt',
    'a passphrase with underscores': 'my_very_secret_token_for_the_app_2024_productio',
    'the keyboard': 'qwertyuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJKLZXCVBNM',
    'a placeholder': 'change-me-please-change-me-please-change-me-plea',
    'a passphrase in CamelCase': 'MySuperSecretKeyThatNobodyWillEverGuess1234',
    'a passphrase in capitals': 'NICE_TRY_WANNABE_HACKER_THIS_PASSWORD_HAS_TO_BE_LONGER',
    'a word and digits, repeated': 'jwtsecret1234jwtsecret1234jwtsecret1234jwtsecret1234',
    'another in CamelCase': 'CorrectHorseBatteryStapleCorrectHorseBatterQ',
  };
  for (const [name, text] of Object.entries(refused)) {
    test(name, () => {
      const verdict = judgeSecret(text);
      assert.equal(verdict.kind, 'refused');
      assert.match(
        verdict.kind === 'refused' ? verdict.why : '',
        /^(?:is|spells) /,
        'words that complete a sentence',
      );
    });
  }
});

const given = process.env['WATCHWORD_SHARED_VECTORS'];
const vectors =
  given === undefined
    ? new URL('../../../../../shared/vectors/', import.meta.url)
    : pathToFileURL(`${given}/`);
const found = new URL('weak-secrets/jwt.secrets.list', vectors);
const skip = existsSync(found)
  ? false
  : 'the list is not there; WATCHWORD_SHARED_VECTORS may say where it is';

test(
  'of the secrets found in the wild all are refused but those that are random, and were leaked',
  { skip },
  () => {
    const all = readFileSync(found, 'utf8').split('\n');
    const good = all.filter((text) => judgeSecret(text).kind === 'good');
    const readable = good.filter((text) => /(?:secret|passw|token|change|example|default|admin)/i.test(text));
    assert.deepEqual(readable, []);
    assert.ok(good.length < 0.004 * all.length, `${good.length} of ${all.length}`);
  },
);
