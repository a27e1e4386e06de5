import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { WatchwordError } from '../../src/errors/watchword-error.ts';
import { createInstallation } from '../facade/support/installation.ts';
import { codeOf, rejection } from '../facade/support/errors.ts';
import { spiedStore } from '../facade/support/spied-store.ts';
import { Browser, signedUp } from './browser.ts';

const MINUTE = 60_000;

/** An installation in opaque mode, what it asks of the store, and a browser that is signed in. */
async function started(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const installation = createInstallation(t);
  const calls: string[] = [];
  const cut = { find: false, looks: false };
  const store = spiedStore(
    installation.factory,
    (call) => {
      if (/^sessions\.(?:find|advance|settle)$/.test(call)) calls.push(call);
      if (cut.find && call === 'sessions.find') throw new WatchwordError('ERR_STORE_UNAVAILABLE');
    },
    () => !cut.looks,
  );
  const opened = await installation.open({ store, accounts: true, browserSessions: 'opaque', ...options });
  const browser = await signedUp(opened.auth);
  await installation.pass(25);
  opened.newTypes();
  calls.length = 0;
  return { installation, ...opened, browser, calls, cut };
}

describe('an opaque session', () => {
  test('is read once and then known: no look at the store, and no promise', async (t) => {
    const { auth, browser, calls } = await started(t);
    const first = await browser.visit(auth);
    assert.deepEqual([first.token?.subject !== undefined, first.waited], [true, true]);
    assert.deepEqual(calls, ['sessions.find']);
    for (let count = 0; count < 100; count += 1) {
      const { token, waited } = await browser.visit(auth);
      assert.deepEqual([token, waited], [first.token, false]);
    }
    assert.deepEqual(calls, ['sessions.find']);
  });

  test('is asked for once by all who come at once', async (t) => {
    const { auth, browser, calls } = await started(t);
    const visits = await Promise.all(Array.from({ length: 50 }, () => browser.visit(auth)));
    assert.ok(visits.every(({ token }) => token !== undefined));
    assert.deepEqual(calls, ['sessions.find']);
  });

  test('says what an access token of its session would say', async (t) => {
    const { installation, auth, browser } = await started(t, { audience: ['api', 'pages'] });
    const { token } = await browser.visit(auth, { audience: 'pages', maxAgeSeconds: 60 });
    assert.ok(token !== undefined);
    const { accessToken } = await auth.sessions.start({ subject: token.subject, amr: ['pwd'] });
    const jwt = auth.verify(accessToken, { audience: 'pages' });
    const nowSeconds = Math.floor(installation.clock.nowMs() / 1000);
    assert.deepEqual(
      { ...token, claims: { ...token.claims }, tokenId: '', keyId: '', sessionId: '', issuedAtSeconds: 0 },
      {
        ...jwt,
        claims: { ...jwt.claims, jti: token.tokenId, sid: token.sessionId },
        tokenId: '',
        keyId: '',
        sessionId: '',
        issuedAtSeconds: 0,
      },
    );
    assert.equal(token.tokenId, `${token.sessionId}.1`);
    assert.equal(token.keyId, '');
    assert.ok(Math.abs(token.issuedAtSeconds - nowSeconds) <= 1);
    assert.equal(token.expiresAtSeconds - token.issuedAtSeconds, 900);
    assert.throws(() => ((token.claims as { sub: string }).sub = 'eve'), TypeError);
    assert.equal((await rejection(auth.revoke.token(token.tokenId))).code, 'ERR_OPTION');
  });

  test('is held to what the place wants', async (t) => {
    const { installation, auth, browser } = await started(t);
    assert.equal((await browser.visit(auth, { audience: 'another' })).code, 'ERR_TOKEN_AUDIENCE');
    assert.equal((await browser.visit(auth, { scope: 'admin' })).code, 'ERR_TOKEN_SCOPE');
    await installation.pass(31_000);
    assert.equal((await browser.visit(auth, { maxAgeSeconds: 30 })).code, 'ERR_TOKEN_TOO_OLD');
    assert.ok((await browser.visit(auth, { maxAgeSeconds: 90 })).token);
    assert.ok(
      (await browser.visit(auth, { optional: true })).token,
      'and known as good to others all the same',
    );
  });

  test('is taken by `authenticate`, and neither by `verify` nor as a bearer token', async (t) => {
    const { auth, browser } = await started(t);
    const id = browser.jar.get('sid') ?? '';
    assert.equal((await auth.authenticate(id)).sessionId, (await browser.visit(auth)).token?.sessionId);
    assert.equal((await rejection(auth.authenticate(id, { scope: 'admin' }))).code, 'ERR_TOKEN_SCOPE');
    assert.equal((await rejection(auth.authenticate(`${id.slice(0, -1)}!`))).code, 'ERR_TOKEN_MALFORMED');
    assert.equal(
      codeOf(() => auth.verify(id)),
      'ERR_TOKEN_MALFORMED',
    );
    const verdict = await auth.http.guard('a test')({
      method: 'GET',
      path: '/',
      remoteAddress: undefined,
      header: (name) => (name === 'authorization' ? `Bearer ${id}` : undefined),
      readBody: async () => ({ kind: 'aborted' }),
    });
    assert.equal(verdict.kind, 'refused');
  });

  test('is read again behind the request after a minute, and before it once an access token had expired', async (t) => {
    let role = 'reader';
    const { installation, auth, browser, calls } = await started(t, { claims: () => ({ role }) });
    const roleNow = async () => (await browser.visit(auth)).token?.claims['role'];
    assert.equal(await roleNow(), 'reader');
    role = 'editor';
    await installation.pass(MINUTE);
    assert.equal(await roleNow(), 'reader');
    assert.deepEqual(calls, ['sessions.find'], 'a minute is young enough');
    await installation.pass(1);
    assert.equal(await roleNow(), 'reader', 'whoever causes the reading does not wait for it');
    await installation.pass(1);
    assert.equal(await roleNow(), 'editor');
    assert.deepEqual(calls, ['sessions.find', 'sessions.find']);
    role = 'owner';
    await installation.pass(15 * MINUTE);
    const visit = await browser.visit(auth);
    assert.deepEqual([visit.waited, visit.token?.claims['role']], [true, 'owner']);
  });

  test('costs a look each time where nothing is to be remembered', async (t) => {
    const { auth, browser, calls } = await started(t, { tokenCacheSize: 0 });
    for (let count = 0; count < 3; count += 1) assert.ok((await browser.visit(auth)).token);
    assert.deepEqual(calls, ['sessions.find', 'sessions.find', 'sessions.find']);
  });

  test('makes room for others: memory has a limit', async (t) => {
    const { auth, browser, calls } = await started(t, { tokenCacheSize: 4 });
    const others = [];
    for (let count = 0; count < 4; count += 1) {
      const other = new Browser();
      await other.signIn(auth);
      others.push(other);
    }
    await browser.visit(auth);
    for (const other of others) await other.visit(auth);
    calls.length = 0;
    await browser.visit(auth);
    assert.deepEqual(calls, ['sessions.find']);
  });

  test('waits for a hook of the application, whose failure lets nobody in', async (t) => {
    let claims = (): object => assert.fail('the hook of the application fails');
    const { auth, browser, newTypes } = await started(t, { claims: () => claims() as never });
    const refused = await browser.visit(auth);
    assert.deepEqual([refused.status, refused.code], [500, 'ERR_INTERNAL']);
    assert.ok(newTypes().includes('request_failed'));
    claims = () => ({ role: 'reader' });
    assert.ok((await browser.visit(auth)).token);
  });

  test('gives up a hook that never answers, and asks anew', async (t) => {
    let claims = (): unknown => new Promise(() => undefined);
    const { installation, auth, browser } = await started(t, { claims: () => claims() as never });
    const visits = [browser.visit(auth), browser.visit(auth)];
    await installation.pass(5001);
    for (const { status, code } of await Promise.all(visits)) {
      assert.deepEqual([status, code], [503, 'ERR_OVERLOADED']);
    }
    claims = () => ({ role: 'reader' });
    assert.ok((await browser.visit(auth)).token);
  });
});

describe('when the store is away', () => {
  test('whoever is known goes on until the revocations are stale; whoever is not is told to come again', async (t) => {
    const { installation, auth, browser, cut } = await started(t);
    const stranger = new Browser();
    await stranger.signIn(auth);
    assert.ok((await browser.visit(auth)).token);
    cut.find = true;
    cut.looks = true;
    const unknown = await stranger.visit(auth);
    assert.deepEqual([unknown.status, unknown.code], [503, 'ERR_STORE_UNAVAILABLE']);
    await installation.pass(9000);
    assert.ok((await browser.visit(auth)).token);
    await installation.pass(2000);
    const stale = await browser.visit(auth);
    assert.deepEqual([stale.status, stale.code], [503, 'ERR_FEED_STALE']);
    cut.find = false;
    cut.looks = false;
    await installation.pass(25);
    assert.deepEqual(
      [(await browser.visit(auth)).waited, (await stranger.visit(auth)).code],
      [false, undefined],
    );
  });

  test('a reading behind a request that fails does no harm, and is not tried again at once', async (t) => {
    const { installation, auth, browser, cut, calls } = await started(t);
    await browser.visit(auth);
    await installation.pass(2 * MINUTE);
    cut.find = true;
    calls.length = 0;
    for (let count = 0; count < 5; count += 1) {
      assert.ok((await browser.visit(auth)).token);
      await installation.pass(1);
    }
    assert.equal(calls.filter((call) => call === 'sessions.find').length, 1);
    await installation.pass(5000);
    cut.find = false;
    await browser.visit(auth);
    await installation.pass(1);
    assert.equal(calls.filter((call) => call === 'sessions.find').length, 2);
  });
});

describe('a revoked opaque session is dead', () => {
  for (const [how, revoke] of [
    ['session', (auth, id) => auth.revoke.session(id)],
    ['everybody', (auth) => auth.revoke.all()],
    ['subject', async (auth, id) => auth.revoke.subject((await auth.sessions.get(id))?.subject ?? '')],
  ] satisfies readonly [
    string,
    (auth: Awaited<ReturnType<typeof started>>['auth'], id: string) => Promise<unknown>,
  ][]) {
    test(`at once in this process, and as soon as a token in another: ${how}`, async (t) => {
      const { installation, auth, browser } = await started(t);
      const { auth: other } = await installation.open({ accounts: true, browserSessions: 'opaque' });
      const id = (await browser.visit(auth)).token?.sessionId ?? '';
      assert.ok((await browser.visit(other)).token);
      await installation.pass(5);
      await revoke(auth, id);
      const here = await browser.visit(auth);
      assert.deepEqual([here.status, here.code, here.waited], [401, 'ERR_TOKEN_REVOKED', false]);
      await installation.pass(25);
      const there = await browser.visit(other);
      assert.deepEqual([there.code, there.waited], ['ERR_TOKEN_REVOKED', false]);
    });
  }

  test('though it was revoked while it was read', async (t) => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let waits = true;
    const { auth, browser } = await started(t, {
      claims: async () => {
        if (waits) await held;
        return {};
      },
    });
    const visiting = browser.visit(auth);
    const id = (await auth.sessions.page()).sessions[0]?.id ?? '';
    await auth.revoke.session(id);
    release();
    waits = false;
    assert.equal((await visiting).code, 'ERR_TOKEN_REVOKED');
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_REVOKED');
  });

  test('and costs no look at the store', async (t) => {
    const { auth, browser, calls } = await started(t);
    await auth.revoke.all();
    calls.length = 0;
    for (let count = 0; count < 10; count += 1) {
      assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_REVOKED');
    }
    assert.deepEqual(calls, []);
  });

  test('when its client was deleted, once its row is read again', async (t) => {
    const { installation, auth } = await started(t, { clients: true });
    await auth.clients.create({ id: 'kiosk' });
    const browser = new Browser();
    const request = {
      method: 'POST',
      path: '/',
      remoteAddress: undefined,
      header: (name: string) => (name === 'sec-fetch-site' ? 'same-origin' : undefined),
      readBody: async () => ({ kind: 'aborted' }) as const,
    };
    const { cookies } = await auth.http.startCookieSession(request, { subject: 'ada', client: 'kiosk' });
    browser.jar.set('sid', /_sid=(wws_[^;]+)/.exec(cookies.map(([, value]) => value).join())?.[1] ?? '');
    assert.ok((await browser.visit(auth)).token);
    await auth.clients.delete('kiosk');
    await installation.pass(MINUTE + 1);
    await browser.visit(auth);
    await installation.pass(1);
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_REVOKED');
  });

  test('when another has taken its place', async (t) => {
    const { auth, browser } = await started(t, { sessionLimit: { perSubject: 1 } });
    assert.ok((await browser.visit(auth)).token);
    const other = new Browser();
    await other.signIn(auth);
    assert.equal((await browser.visit(auth)).code, 'ERR_TOKEN_REVOKED');
    assert.ok((await other.visit(auth)).token);
  });
});
