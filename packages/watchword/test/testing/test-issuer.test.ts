import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { hash } from '@node-rs/bcrypt';
import express from 'express';
import { watchword } from '../../src/adapters/express/index.ts';
import { WatchwordError, type WatchwordEvent } from '../../src/facade/index.ts';
import { createFakeClock, createTestIssuer, type TestIssuerOptions } from '../../src/testing/index.ts';
import { WRONG_TOKENS, type WrongToken } from '../../src/testing/test-issuer/wrong-token.ts';
import { listen } from '../adapters/listening.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };

async function openIssuer(t: TestContext, options: TestIssuerOptions = {}) {
  const issuer = await createTestIssuer(options);
  t.after(() => issuer.close());
  return issuer;
}

/** The application of somebody who tests it. */
async function openShop(t: TestContext, options: TestIssuerOptions = {}) {
  const issuer = await openIssuer(t, options);
  const { auth } = issuer;
  const app = express();
  app.use(watchword(auth));
  app.get('/me', auth.require(), (request, response) => void response.json(request.auth.subject));
  app.post(
    '/orders',
    auth.require({ scope: 'orders' }),
    (_request, response) => void response.json('ordered'),
  );
  const url = await listen(t, app);
  const statusOf = async (path: string, headers: Record<string, string>, method = 'GET') =>
    (await fetch(url + path, { method, headers })).status;
  return { issuer, url, statusOf };
}

function codeOf(judge: () => unknown): string {
  try {
    judge();
    return 'good';
  } catch (error) {
    assert.ok(error instanceof WatchwordError);
    return error.code;
  }
}

test('an application takes its tokens and its cookies, until they expire or are revoked', async (t) => {
  const { issuer, statusOf, url } = await openShop(t);
  const bearer = await issuer.bearer({ subject: 'ada', scope: 'orders' });
  const answer = await fetch(`${url}/me`, { headers: bearer });
  assert.equal(await answer.json(), 'ada');
  assert.equal(await statusOf('/orders', bearer, 'POST'), 200);
  assert.equal(await statusOf('/orders', await issuer.bearer(), 'POST'), 403);

  const cookies = await issuer.cookies({ scope: 'orders' });
  assert.equal(await statusOf('/orders', { ...cookies }, 'POST'), 200);
  assert.equal(
    await statusOf('/orders', { cookie: cookies.cookie, 'sec-fetch-site': 'cross-site' }, 'POST'),
    403,
  );
  assert.equal(await statusOf('/auth/refresh', { ...cookies }, 'POST'), 200);

  await issuer.advance('14m');
  assert.equal(await statusOf('/me', bearer), 200);
  await issuer.advance('61s');
  assert.equal(await statusOf('/me', bearer), 401);

  const another = await issuer.bearer({ subject: 'grace' });
  assert.equal(await statusOf('/me', another), 200);
  await issuer.auth.revoke.subject('grace');
  assert.equal(await statusOf('/me', another), 401);
});

test('each token that is wrong is refused for what is wrong with it, under every kind of key', async (t) => {
  for (const algorithm of ['HS256', 'ES256', 'EdDSA'] as const) {
    const issuer = await openIssuer(t, { algorithm });
    for (const [wrong, code] of Object.entries(WRONG_TOKENS)) {
      const token = await issuer.mint({ subject: 'ada', wrong: wrong as WrongToken });
      const { audience } = issuer.auth.settings;
      assert.equal(
        codeOf(() => issuer.auth.verify(token, { audience })),
        code,
        `${algorithm} ${wrong}`,
      );
    }
    const good = await issuer.mint();
    assert.equal(
      codeOf(() => issuer.auth.verify(good)),
      'good',
    );
  }
});

test('time stands still on a clock of the test: the same seed gives the same tokens, another gives others', async (t) => {
  const mint = async (seed: number) => {
    const issuer = await openIssuer(t, { clock: createFakeClock(), seed });
    const first = await issuer.mint({ subject: 'ada' });
    await issuer.advance('3h');
    return [first, await issuer.mint({ subject: 'ada' }), (await issuer.cookies()).cookie];
  };
  assert.deepEqual(await mint(7), await mint(7));
  assert.notDeepEqual(await mint(7), await mint(8));
});

test('what falls due while time passes has happened when it has passed', async (t) => {
  const clock = createFakeClock();
  const issuer = await openIssuer(t, { clock, signingKeyLifetimeDays: 10, algorithm: 'HS256' });
  const events: WatchwordEvent['type'][] = [];
  issuer.auth.events.on('*', ({ type }) => void events.push(type));
  const [first] = issuer.auth.keys.list();
  const begunMs = clock.nowMs();
  for (const span of ['500ms', '30s', '20m', '2h', '11d']) {
    await issuer.advance(span);
    const token = await issuer.mint();
    assert.equal(
      codeOf(() => issuer.auth.verify(token)),
      'good',
      `the revocations are known after ${span}`,
    );
    assert.ok(issuer.auth.revoke.ageMs() < 1000, span);
  }
  assert.equal(clock.nowMs() - begunMs, 500 + 30_000 + 20 * 60_000 + 2 * 3_600_000 + 11 * 86_400_000);
  await issuer.advance('1h');
  assert.equal(issuer.auth.keys.list().find(({ id }) => id === first?.id)?.state === 'signing', false);
  assert.ok(!events.includes('view_stale'));
});

test('keys are rotated on a clock that stands still', async (t) => {
  const issuer = await openIssuer(t, { clock: createFakeClock() });
  const before = await issuer.mint();
  const { id } = await issuer.auth.keys.rotate();
  const kid = JSON.parse(
    Buffer.from((await issuer.mint()).split('.', 1)[0] ?? '', 'base64url').toString(),
  ).kid;
  assert.equal(kid, id);
  assert.equal(
    codeOf(() => issuer.auth.verify(before)),
    'good',
  );
});

test('users sign in at no cost, and those who were imported too', async (t) => {
  const { issuer, url } = await openShop(t, { accounts: true });
  const post = (path: string, body: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(body),
    });
  assert.equal((await post('/auth/sign-up', ADA)).status, 201);
  assert.equal((await post('/auth/sign-in', ADA)).status, 200);
  assert.equal((await post('/auth/sign-in', { ...ADA, password: 'wrong horse battery' })).status, 401);
  const grace = { email: 'grace@example.com', password: 'stable horse battery' };
  const passwordHash = await hash(grace.password, 4);
  await issuer.auth.accounts.import([{ id: 'g', email: grace.email, passwordHash }]);
  assert.equal((await post('/auth/sign-in', grace)).status, 200);
  assert.equal(
    (await post('/auth/sign-in', grace)).status,
    200,
    'and again, by the hash that took its place',
  );
});

test('a service elsewhere verifies, and hears what was revoked', async (t) => {
  const issuer = await openIssuer(t, { serve: true, audience: 'https://api.example' });
  assert.match(issuer.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const verifier = await issuer.createVerifier();
  const token = await issuer.mint({ subject: 'ada' });
  assert.equal((await verifier.authenticate(token)).subject, 'ada');
  const { receipts } = await issuer.auth.revoke.subject('ada', { wait: '10s' });
  assert.deepEqual([receipts?.complete, receipts?.acknowledged.length], [true, 1]);
  assert.equal(
    codeOf(() => verifier.verify(token)),
    'ERR_TOKEN_REVOKED',
  );

  const other = await issuer.mint({ subject: 'grace' });
  await issuer.advance('20m');
  assert.ok(['ERR_TOKEN_EXPIRED', 'ERR_FEED_STALE'].includes(codeOf(() => verifier.verify(other))));
  await verifier.ready();
  assert.equal(
    codeOf(() => verifier.verify(other)),
    'ERR_TOKEN_EXPIRED',
  );
  assert.equal((await verifier.authenticate(await issuer.mint({ subject: 'grace' }))).subject, 'grace');
});

test('it is refused where tokens count, and with options that are its own affair', async (t) => {
  const refusals: readonly (readonly [TestIssuerOptions, RegExp])[] = [
    [{ serve: true, issuer: 'https://app.example' }, /Leave `issuer` out, or `serve`/],
    [{ seed: 0.5 }, /`seed` has to be a whole number/],
    [{ store: 'sqlite' } as TestIssuerOptions, /Leave `store` out/],
    [{ audiense: 'x' } as TestIssuerOptions, /did you mean `audience`/],
  ];
  for (const [options, sentence] of refusals) await assert.rejects(createTestIssuer(options), sentence);
  const issuer = await openIssuer(t);
  await assert.rejects(issuer.advance('a while'), /'20m'/);
  await assert.rejects(
    issuer.mint({ wrong: 'everything' as WrongToken }),
    /`wrong` has to be one of `expired`/,
  );
  await assert.rejects(issuer.createVerifier(), /`createTestIssuer\(\{ serve: true \}\)`/);
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  t.after(() => {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  });
  await assert.rejects(createTestIssuer(), /NODE_ENV is `production`: use `createWatchword` there/);
});
