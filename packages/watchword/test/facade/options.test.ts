import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { refusedSentence } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

type Wrong = Readonly<Record<string, unknown>>;

function options(wrong: Wrong): Partial<WatchwordOptions> {
  return wrong as Partial<WatchwordOptions>;
}

describe('a misspelt option is refused with the one that was meant', () => {
  const misspelt: readonly (readonly [Wrong, string])[] = [
    [{ Issuer: 'x' }, 'issuer'],
    [{ accessTokenTTLSeconds: 60 }, 'accessTokenTtlSeconds'],
    [{ raceWindow: 0 }, 'raceWindowMs'],
    [{ maxStaleness: 1 }, 'maxStalenessMs'],
    [{ rotations: 'strict' }, 'rotation'],
    [{ algorythm: 'ES256' }, 'algorithm'],
    [{ origin: [] }, 'origins'],
    [{ cookie: {} }, 'cookies'],
    [{ cookies: { samesite: 'strict' } }, 'sameSite'],
    [{ accounts: { hashAtOnce: 1 } }, 'hashesAtOnce'],
  ];
  for (const [wrong, meant] of misspelt) {
    test(JSON.stringify(wrong), async (t) => {
      const sentence = await refusedSentence(createInstallation(t).open(options(wrong)));
      assert.match(sentence, new RegExp(`did you mean \`${meant}\``));
    });
  }

  test('one that resembles nothing gets the list of those there are', async (t) => {
    for (const name of ['zzzzzzzz', 'accessTokenTtl']) {
      const sentence = await refusedSentence(createInstallation(t).open(options({ [name]: 1 })));
      for (const one of ['issuer', 'store', 'accessTokenTtlSeconds', 'raceWindowMs'])
        assert.ok(sentence.includes(`\`${one}\``));
    }
  });

  test('and never repeats what could break a log', async (t) => {
    const sentence = await refusedSentence(
      createInstallation(t).open(options({ [`a\n\u001b[31m${'x'.repeat(200)}`]: 1 })),
    );
    assert.ok(!/[\n\u001b]/.test(sentence) && sentence.length < 800);
  });
});

describe('an option that is missing or of the wrong type is refused', () => {
  const wrong: readonly (readonly [Wrong, RegExp])[] = [
    [{ store: undefined }, /`store`/],
    [{ store: {} }, /`store`/],
    [{ store: 'watchword.db' }, /`store`/],
    [{ store: null }, /`store`/],
    [{ audience: '' }, /`audience`/],
    [{ audience: [] }, /`audience`/],
    [{ audience: [''] }, /`audience`/],
    [{ audience: 42 }, /`audience`/],
    [{ audience: [42] }, /`audience`/],
    [{ audience: null }, /`audience`/],
    [{ algorithm: 'none' }, /`algorithm`.*`HS256`, .*`ES256`, .*`EdDSA`/],
    [{ algorithm: 'hs256' }, /`algorithm`/],
    [{ algorithm: null }, /`algorithm`/],
    [{ rotation: 'off' }, /`rotation`.*`resilient`, `strict`/],
    [{ rotation: false }, /`rotation`/],
    [{ claims: {} }, /`claims`/],
    [{ claims: null }, /`claims`/],
    [{ environment: 'test' }, /`environment`.*`production`, `development`/],
    [{ environment: '' }, /`environment`/],
    [{ accounts: 'yes' }, /`accounts`/],
    [{ accounts: null }, /`accounts`/],
    [{ accounts: { hashesAtOnce: 0 } }, /`accounts.hashesAtOnce`.*1 to 64/],
    [{ accounts: { hashesAtOnce: 65 } }, /`accounts.hashesAtOnce`/],
    [{ accounts: { unsafeSignUpRevealsAddresses: 'no' } }, /`accounts.unsafeSignUpRevealsAddresses`/],
    [{ origins: 'https://a.example' }, /`origins`/],
    [{ origins: null }, /`origins`/],
    [{ cookies: null }, /`cookies`/],
    [{ cookies: 'ww' }, /`cookies`/],
    [{ cookies: { prefix: '' } }, /`cookies.prefix`/],
    [{ cookies: { prefix: '__Host-x' } }, /`cookies.prefix`/],
    [{ cookies: { prefix: 'a;b' } }, /`cookies.prefix`/],
    [{ cookies: { prefix: 'a\r\nSet-Cookie: b' } }, /`cookies.prefix`/],
    [{ cookies: { prefix: 'a'.repeat(33) } }, /`cookies.prefix`/],
    [{ cookies: { sameSite: 'none' } }, /`cookies.sameSite`.*`lax`, `strict`/],
    [{ cookies: { sameSite: 'Lax' } }, /`cookies.sameSite`/],
    [{ cookies: { sameSite: 'none' } }, /`none` is not among them.*`partitioned: true`/],
    [{ cookies: { sameSite: 'none', partitioned: true } }, /`none` is not among them/],
    [{ cookies: { sameSite: 'lax', partitioned: true } }, /Leave out `cookies.sameSite`/],
    [{ cookies: { sameSite: 'strict', partitioned: true } }, /Leave out `cookies.sameSite`/],
    [{ cookies: { partitioned: 'yes' } }, /`cookies.partitioned` has to be `true` or `false`/],
    [{ cookies: { formerPrefixes: 'ww' } }, /`cookies.formerPrefixes` has to be an array/],
    [{ cookies: { formerPrefixes: ['a;b'] } }, /`cookies.formerPrefixes` has to be an array/],
    [{ cookies: { formerPrefixes: ['ww'] } }, /not the one that `cookies.prefix` says/],
    [{ cookies: { formerPrefixes: ['a', 'a'] } }, /each prefix once/],
    [{ cookies: { formerPrefixes: ['a', 'b', 'c', 'd', 'e'] } }, /at most 4/],
    [{ selfCheck: null }, /`selfCheck` has to be an object/],
    [{ selfCheck: { pages: '/' } }, /`selfCheck.pages`/],
    [{ selfCheck: { pages: ['login'] } }, /`selfCheck.pages`/],
    [{ selfCheck: { pages: ['//evil.example/'] } }, /`selfCheck.pages`/],
    [{ selfCheck: { pages: ['/\\evil.example'] } }, /`selfCheck.pages`/],
    [{ selfCheck: { pages: ['/@evil.example'] } }, /`selfCheck.pages`/],
    [{ secret: 42 }, /secret/],
    [{ secret: null }, /secret/],
    [{ secret: new Uint8Array(32) }, /secret/],
    [{ secret: {} }, /secret/],
    [{ secret: { name: 'The vault', read: async () => undefined } }, /The vault/],
  ];
  for (const [one, sentence] of wrong) {
    test(JSON.stringify(one).slice(0, 70), async (t) => {
      assert.match(await refusedSentence(createInstallation(t).open(options(one))), sentence);
    });
  }

  for (const none of [undefined, null, 42, 'https://app.example']) {
    test(`no options at all: ${String(none)}`, async () => {
      const { createWatchword } = await import('../../src/facade/index.ts');
      await refusedSentence(
        Promise.resolve().then(() => createWatchword(none as unknown as WatchwordOptions)),
      );
    });
  }
});
