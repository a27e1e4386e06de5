import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecentTexts } from '../../src/engine/recent-texts.ts';
import { codeOf } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

describe('a token that was verified before is refused', () => {
  test('when it has expired', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    auth.verify(accessToken);
    installation.later(900_000);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_EXPIRED',
    );
  });

  for (const [what, revoke] of Object.entries({
    token: (auth, { jti }) => auth.revoke.token(jti),
    session: (auth, { sid }) => auth.revoke.session(sid),
    subject: (auth) => auth.revoke.subject('ada'),
    everybody: (auth) => auth.revoke.all(),
    key: (auth, { kid }) => auth.keys.compromise(kid),
  } satisfies Record<string, Revoke>)) {
    test(`when it is revoked: ${what}`, async (t) => {
      const { auth } = await createInstallation(t).open();
      const { accessToken } = await auth.sessions.start({ subject: 'ada' });
      const { tokenId, sessionId = '', keyId } = auth.verify(accessToken);
      await revoke(auth, { jti: tokenId, sid: sessionId, kid: keyId });
      assert.equal(
        codeOf(() => auth.verify(accessToken)),
        'ERR_TOKEN_REVOKED',
      );
    });
  }

  test('where more is asked of it than before', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { accessToken } = await auth.sessions.start({ subject: 'ada', scope: 'read' });
    auth.verify(accessToken);
    assert.equal(
      codeOf(() => auth.verify(accessToken, { scope: 'write' })),
      'ERR_TOKEN_SCOPE',
    );
    assert.equal(
      codeOf(() => auth.verify(accessToken, { audience: 'https://other.example' })),
      'ERR_TOKEN_AUDIENCE',
    );
    assert.equal(
      codeOf(() => auth.tokens.verify(accessToken, { typ: 'invitation+jwt' })),
      'ERR_TOKEN_TYPE',
    );
    await installation.pass(2000);
    assert.equal(
      codeOf(() => auth.verify(accessToken, { maxAgeSeconds: 1 })),
      'ERR_TOKEN_TOO_OLD',
    );
    auth.verify(accessToken);
  });

  test('if it differs from that one in a single character, wherever', async (t) => {
    const { auth } = await createInstallation(t).open();
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    auth.verify(accessToken);
    for (let at = 0; at < accessToken.length; at += 1) {
      const other = accessToken[at] === 'A' ? 'B' : 'A';
      assert.throws(() => auth.verify(accessToken.slice(0, at) + other + accessToken.slice(at + 1)), {
        name: 'WatchwordError',
      });
    }
    assert.throws(() => auth.verify(`${accessToken} `));
    auth.verify(accessToken);
  });
});

test('nobody can change what the next one is told', async (t) => {
  const { auth } = await createInstallation(t).open();
  const { accessToken } = await auth.sessions.start({
    subject: 'ada',
    claims: { roles: ['user'], team: { id: 1 } },
  });
  const token = auth.verify(accessToken);
  const { roles, team } = token.claims;
  for (const [target, name] of [
    [token, 'subject'],
    [token.claims, 'roles'],
    [roles, '0'],
    [team, 'id'],
    [token.audience, '0'],
  ] as const) {
    assert.equal(Reflect.set(target as object, name, 'admin'), false, name);
  }
  assert.deepEqual(auth.verify(accessToken), token);
});

test('without a cache each token is verified anew', async (t) => {
  const { auth } = await createInstallation(t).open({ tokenCacheSize: 0 });
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  assert.notEqual(auth.verify(accessToken), auth.verify(accessToken));
  assert.deepEqual(auth.verify(accessToken), auth.verify(accessToken));
});

test('what is remembered is bounded, and what is asked for again stays longest', () => {
  const cache = new RecentTexts<object>(10);
  const authentic = {};
  let found = 0;
  for (let index = 0; index < 1000; index += 1) {
    cache.add(`token ${index}`, authentic);
    assert.equal(cache.get('token 0'), authentic, 'it is asked for again and again');
  }
  for (let index = 0; index < 1000; index += 1) if (cache.get(`token ${index}`)) found += 1;
  assert.ok(found <= 10, `${found} are remembered`);
});

test('of two that end alike neither is taken for the other', () => {
  const cache = new RecentTexts<string>(10);
  const end = 'x'.repeat(100);
  cache.add(`one ${end}`, 'one');
  assert.equal(cache.get(`two ${end}`), undefined);
  cache.delete(`two ${end}`);
  assert.equal(cache.get(`one ${end}`), 'one');
  cache.add(`two ${end}`, 'two');
  assert.deepEqual([cache.get(`one ${end}`), cache.get(`two ${end}`)], [undefined, 'two']);
});

type Revoke = (
  auth: Awaited<ReturnType<ReturnType<typeof createInstallation>['open']>>['auth'],
  ids: { readonly jti: string; readonly sid: string; readonly kid: string },
) => Promise<unknown>;
