import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/domain/json.ts';
import { refusedSentence, rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

const sensitive: JsonObject = { roles: ['user'], contact: 'ada@example.org' };

describe('a claim that nobody who holds the token should read is refused', () => {
  test('at the start of a session, of which nothing is left', async (t) => {
    const { auth } = await createInstallation(t).open();
    const error = await rejection(auth.sessions.start({ subject: 'ada', claims: sensitive }));
    assert.equal(error.code, 'ERR_CLAIM_SENSITIVE');
    assert.match(error.message, /^The claim "contact" seems to hold an e-mail address/);
    assert.ok(!`${error.message} ${error.detail}`.includes('ada@'));
    assert.deepEqual(await auth.sessions.list('ada'), []);
  });

  test('from the hook at the start of a session, of which nothing is left', async (t) => {
    const { auth } = await createInstallation(t).open({ claims: () => sensitive });
    assert.equal((await rejection(auth.sessions.start({ subject: 'ada' }))).code, 'ERR_CLAIM_SENSITIVE');
    assert.deepEqual(await auth.sessions.list('ada'), []);
  });

  test('from the hook at a refresh, where it changes nothing', async (t) => {
    let fresh: JsonObject = {};
    const { auth, newTypes } = await createInstallation(t).open({ claims: () => fresh });
    const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
    fresh = sensitive;
    newTypes();
    assert.equal((await rejection(auth.sessions.refresh(refreshToken))).code, 'ERR_CLAIM_SENSITIVE');
    assert.deepEqual(newTypes(), []);
    fresh = {};
    assert.equal(auth.verify((await auth.sessions.refresh(refreshToken)).accessToken).generation, 2);
  });

  test('in a token of a custom kind', async (t) => {
    const { auth } = await createInstallation(t).open();
    const issuing = auth.tokens.issue({
      typ: 'invitation+jwt',
      subject: 'ada',
      ttlSeconds: 60,
      claims: sensitive,
    });
    assert.equal((await rejection(issuing)).code, 'ERR_CLAIM_SENSITIVE');
  });
});

describe('`unsafeAllowClaims`', () => {
  test('lets the claim through that it names, everywhere', async (t) => {
    const { auth } = await createInstallation(t).open({
      unsafeAllowClaims: ['contact'],
      claims: () => ({ contact: 'lovelace@example.org' }),
    });
    const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'ada', claims: sensitive });
    assert.equal(auth.verify(accessToken).claims['contact'], 'lovelace@example.org');
    const { accessToken: next } = await auth.sessions.refresh(refreshToken);
    assert.equal(auth.verify(next).claims['contact'], 'lovelace@example.org');
    await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 60, claims: sensitive });
  });

  test('lets no other claim through, and none of that name further inside', async (t) => {
    const { auth } = await createInstallation(t).open({ unsafeAllowClaims: ['contact'] });
    for (const claims of [
      { email: 'ada@example.org' },
      { owner: sensitive },
      { Contact: 'ada@example.org' },
    ]) {
      const error = await rejection(auth.sessions.start({ subject: 'ada', claims }));
      assert.equal(error.code, 'ERR_CLAIM_SENSITIVE');
    }
  });

  test('lets none of the issuer’s own claims through', async (t) => {
    const { auth } = await createInstallation(t).open({ unsafeAllowClaims: ['sub'] });
    const error = await rejection(auth.sessions.start({ subject: 'ada', claims: { sub: 'root' } }));
    assert.equal(error.code, 'ERR_CLAIM_RESERVED');
  });

  for (const [name, value] of [
    ['a text', 'email'],
    ['a list with an empty name', ['']],
    ['a list of numbers', [1]],
    ['an object', { email: true }],
  ] as const) {
    test(`that is ${name} is refused with a sentence`, async (t) => {
      const opening = createInstallation(t).open({ unsafeAllowClaims: value as never });
      assert.match(await refusedSentence(opening), /`unsafeAllowClaims`/);
    });
  }
});
