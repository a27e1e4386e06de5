import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { createInstallation } from '../facade/support/installation.ts';
import { Browser, signedUp, type Answer } from './browser.ts';

const S = 40_000;
const ATTRIBUTES = 'Secure; HttpOnly; SameSite=Lax';

/** One installation, of which one process gives browsers tokens, and another opaque ids. */
async function both(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const installation = createInstallation(t);
  const { auth: jwt, newTypes } = await installation.open({ accounts: true, ...options });
  const { auth: opaque } = await installation.open({ accounts: true, browserSessions: 'opaque', ...options });
  return { installation, jwt, opaque, newTypes };
}

/** The names of the cookies that an answer sets, and with a minus those that it clears. */
function touched({ setCookies }: Answer): readonly string[] {
  return setCookies
    .map((cookie) => {
      const [, kind = ''] = /^__Host-ww_(\w+)=/.exec(cookie) ?? [];
      return cookie.includes('Max-Age=0;') ? `-${kind}` : kind;
    })
    .toSorted();
}

describe('what browsers are given', () => {
  test('is one id, for as long as the session may last at most', async (t) => {
    const { opaque } = await both(t);
    const browser = new Browser();
    const answers = [
      await browser.signUp(opaque),
      await browser.signIn(opaque),
      await browser.refresh(opaque),
    ];
    for (const answer of answers) {
      assert.deepEqual(touched(answer), ['csrf', 'sid']);
      const [sid = ''] = answer.setCookies;
      assert.match(sid, new RegExp(`^__Host-ww_sid=wws_[\\w-]{78}; Path=/; Max-Age=2592000; ${ATTRIBUTES}$`));
      assert.equal(answer.json.expires_in, 900);
      assert.deepEqual([answer.json.access_token, answer.json.refresh_token], [undefined, undefined]);
    }
  });

  test('goes with the browser where it is not to be remembered', async (t) => {
    const { opaque } = await both(t);
    const { setCookies } = await new Browser().signUp(opaque, { remember: false });
    assert.equal(setCookies.length, 2);
    assert.ok(setCookies.every((cookie) => !cookie.includes('Max-Age')));
  });

  test('programs have tokens in the body all the same', async (t) => {
    const { installation, jwt, opaque } = await both(t);
    for (const auth of [opaque, jwt]) {
      const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'ada' });
      assert.equal(opaque.verify(accessToken).subject, 'ada');
      assert.match(refreshToken, /^wwr_/);
      assert.match((await opaque.sessions.refresh(refreshToken)).refreshToken, /^wwr_/);
    }
    await installation.settle();
  });

  test('is told of alike: the same members, and in how much of its time it is to be renewed', async (t) => {
    const { installation, jwt, opaque } = await both(t);
    const shapes = [];
    for (const auth of [jwt, opaque]) {
      const browser = new Browser();
      const first = auth === jwt ? await browser.signUp(auth) : await browser.signIn(auth);
      const session = await browser.ask(auth, 'GET', '/auth/session');
      const refreshed = await browser.refresh(auth);
      assert.deepEqual([session.json.expires_in, session.json.lifetime], [900, 900]);
      await installation.pass(10_000);
      const later = await browser.ask(auth, 'GET', '/auth/session');
      assert.deepEqual([later.json.expires_in, later.json.lifetime], [890, 900]);
      const list = await browser.ask(auth, 'GET', '/auth/sessions');
      assert.equal(list.json.sessions.filter(({ current }: { current: boolean }) => current).length, 1);
      shapes.push([first, session, refreshed, later].map(({ json }) => shapeOf(json)));
    }
    assert.deepEqual(shapes[0], shapes[1]);
  });

  test('is due where nobody has refreshed it for the time of an access token, and good all the same', async (t) => {
    const { installation, opaque } = await both(t);
    const browser = await signedUp(opaque);
    installation.later(3_600_000);
    await installation.pass(25);
    const { status, json } = await browser.ask(opaque, 'GET', '/auth/session');
    assert.deepEqual([status, json.expires_in, json.lifetime], [200, 0, 900]);
    assert.equal((await browser.refresh(opaque)).json.expires_in, 900);
    assert.equal((await browser.ask(opaque, 'GET', '/auth/session')).json.expires_in, 900);
  });
});

function shapeOf(json: object): object {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? shapeOf(value as object) : typeof value,
    ]),
  );
}

describe('moving from one to the other and back', () => {
  test('signs nobody out: guards take both, and a refresh gives what is given now', async (t) => {
    const { installation, jwt, opaque } = await both(t);
    const browser = await signedUp(jwt);
    const { token: first } = await browser.visit(jwt);
    for (const [auth, kinds] of [
      [opaque, ['csrf', 'sid']],
      [jwt, ['at', 'csrf', 'rt']],
      [opaque, ['csrf', 'sid']],
      [jwt, ['at', 'csrf', 'rt']],
    ] as const) {
      assert.equal((await browser.visit(auth)).token?.sessionId, first?.sessionId, 'before it is refreshed');
      await installation.pass(S + 1000);
      assert.equal((await browser.refresh(auth)).status, 200);
      assert.deepEqual(browser.kinds, kinds);
      for (const process of [jwt, opaque]) {
        assert.equal((await browser.visit(process)).token?.sessionId, first?.sessionId);
      }
      await installation.settle();
    }
  });

  test('nor do lost answers, whichever process is asked again', async (t) => {
    const { installation, jwt, opaque, newTypes } = await both(t);
    const browser = await signedUp(jwt);
    for (let round = 0; round < 12; round += 1) {
      const [one, another] = round % 2 === 0 ? [jwt, opaque] : [opaque, jwt];
      if (round % 3 > 0) assert.equal((await browser.refreshInVain(one)).status, 200);
      if (round % 4 > 1) await installation.pass(3000);
      if (round % 5 > 2) assert.equal((await browser.refreshInVain(another)).status, 200);
      assert.equal((await browser.refresh(another)).status, 200, `round ${round}`);
      await installation.pass(S + 1000);
      for (const process of [jwt, opaque]) assert.ok((await browser.visit(process)).token, `round ${round}`);
      await installation.settle();
    }
    assert.ok(!newTypes().includes('refresh_reused'));
  });

  test('two tabs, each answered by another process, stay in', async (t) => {
    const { installation, jwt, opaque } = await both(t);
    const browser = await signedUp(jwt);
    for (let round = 0; round < 4; round += 1) {
      const tab = browser.copy();
      await Promise.all([browser.refresh(jwt), tab.refresh(opaque)]);
      const { jar } = round % 2 === 0 ? tab : browser;
      if (round % 2 === 0) {
        browser.jar.clear();
        for (const [kind, value] of jar) browser.jar.set(kind, value);
      }
      assert.ok((await browser.visit(opaque)).token);
      await installation.pass(S + 1000);
      assert.ok((await browser.visit(jwt)).token);
      await installation.settle();
    }
  });

  test('a thief is caught whichever form was stolen', async (t) => {
    const { installation, jwt, opaque, newTypes } = await both(t);
    const browser = await signedUp(jwt);
    await browser.refresh(jwt);
    const thief = browser.copy();
    await installation.pass(S + 1000);
    await browser.refresh(opaque);
    await installation.pass(S + 1000);
    await browser.visit(opaque);
    await installation.settle();
    assert.equal((await thief.refresh(jwt)).code, 'ERR_REFRESH_INVALID');
    assert.ok(newTypes().includes('refresh_reused'));
    await installation.pass(25);
    assert.equal((await browser.visit(opaque)).code, 'ERR_TOKEN_REVOKED');
  });
});

describe('where a browser has both', () => {
  /** A browser with the cookies of two. */
  function joined(one: Browser, another: Browser): Browser {
    const browser = one.copy();
    for (const [kind, value] of another.jar) browser.jar.set(kind, value);
    return browser;
  }

  test('of one session the newer generation counts, and what is not of the mode is cleared', async (t) => {
    const { installation, jwt, opaque } = await both(t);
    const older = await signedUp(jwt);
    const newer = older.copy();
    await newer.refresh(opaque);
    await installation.pass(S + 1000);
    await newer.visit(opaque);
    await installation.settle();
    for (const auth of [jwt, opaque]) {
      const browser = joined(older, newer);
      const answer = await browser.refresh(auth);
      assert.equal(answer.status, 200, 'the older one would have convicted');
      assert.deepEqual(browser.kinds, auth === jwt ? ['at', 'csrf', 'rt'] : ['csrf', 'sid']);
      newer.jar.clear();
      for (const [kind, value] of browser.jar) newer.jar.set(kind, value);
      await installation.pass(S + 1000);
    }
  });

  test('of two sessions that of the mode counts', async (t) => {
    const { jwt, opaque } = await both(t);
    const one = await signedUp(jwt);
    const another = new Browser();
    await another.signIn(opaque);
    const ids = [(await one.visit(jwt)).token?.sessionId, (await another.visit(opaque)).token?.sessionId];
    for (const [index, auth] of [jwt, opaque].entries()) {
      const browser = joined(one, another);
      assert.equal((await browser.visit(auth)).token?.sessionId, ids[index]);
      assert.equal((await browser.refresh(auth)).json.session.id, ids[index]);
    }
  });

  test('what nobody has made counts for nothing', async (t) => {
    const { jwt, opaque } = await both(t);
    const browser = await signedUp(jwt);
    browser.jar.set('sid', 'wws_nonsense');
    assert.equal((await browser.refresh(opaque)).status, 200);
    assert.deepEqual(browser.kinds, ['csrf', 'sid']);
  });

  test('signing out ends what either names, and clears all there is', async (t) => {
    const { installation, jwt, opaque } = await both(t);
    const one = await signedUp(jwt);
    const another = new Browser();
    await another.signIn(opaque);
    const browser = joined(one, another);
    const answer = await browser.ask(opaque, 'POST', '/auth/sign-out');
    assert.deepEqual([answer.status, touched(answer)], [204, ['-at', '-csrf', '-rt', '-sid']]);
    assert.deepEqual(browser.kinds, []);
    await installation.pass(25);
    assert.equal((await one.visit(jwt)).code, 'ERR_TOKEN_REVOKED');
    assert.equal((await another.visit(opaque)).code, 'ERR_TOKEN_REVOKED');
    assert.equal((await jwt.sessions.page()).sessions.length, 0);
  });

  test('signing in ends the sessions whose cookies it replaces', async (t) => {
    const { jwt, opaque } = await both(t);
    const one = await signedUp(jwt);
    const another = new Browser();
    await another.signIn(opaque);
    const browser = joined(one, another);
    assert.deepEqual(touched(await browser.signIn(opaque)), ['-at', '-rt', 'csrf', 'sid']);
    assert.equal((await jwt.sessions.page()).sessions.length, 1);
  });
});

test('signing out by an id that was replaced ends the session as well', async (t) => {
  const { opaque } = await both(t);
  const browser = await signedUp(opaque);
  const old = browser.copy();
  await browser.refresh(opaque);
  assert.equal((await old.ask(opaque, 'POST', '/auth/sign-out')).status, 204);
  assert.equal((await browser.visit(opaque)).code, 'ERR_TOKEN_REVOKED');
});
