import assert from 'node:assert/strict';
import { createFakeClock } from '../fake-clock.ts';
import { createManualScheduler } from '../manual-scheduler.ts';
import type { AddCase, AdapterUnderTest, Cleanup } from './contract.ts';
import {
  cookieNames,
  FOREIGN,
  jarOf,
  jsonOf,
  openApp,
  openAuth,
  OWN,
  OWN_PAGE,
  post,
  refusalOf,
  type HeaderFields,
} from './world.ts';

const NAVIGATION = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' };
const SET_COOKIES = ['theme', '__Host-ww_at', '__Host-ww_rt', '__Host-ww_csrf'];
const REFRESH_COOKIE = /__Host-ww_rt=[^;]+/;

/** Somebody is signed in; `cookie` is what their browser has left when the access token is past its time. */
async function signInAda(t: Cleanup, adapter: AdapterUnderTest) {
  const clock = createFakeClock();
  const scheduler = createManualScheduler(clock);
  const auth = await openAuth(t, { clock, scheduler }, { accessTokenTtlSeconds: 60 });
  const { ask } = await openApp(t, adapter, auth);
  const whole = jarOf(await ask('/log-in', post({ name: 'ada' }, OWN_PAGE)));
  const cookie = String(REFRESH_COOKIE.exec(whole));
  const go = (path: string, headers: HeaderFields = {}, method = 'GET') =>
    ask(path, { method, headers: { cookie, ...headers }, ...(method === 'POST' && { body: 'x=1' }) });
  return { auth, scheduler, ask, go, whole, cookie };
}

export function renewalCases(add: AddCase, adapter: AdapterUnderTest): void {
  navigationCases(add, adapter);
  chainCases(add, adapter);
}

function navigationCases(add: AddCase, adapter: AdapterUnderTest): void {
  add(
    'a page renews a session whose access token is gone or has expired, and answers with the cookies',
    async (t) => {
      const { ask, go, whole, scheduler } = await signInAda(t, adapter);
      // Past its time, and sent all the same.
      await scheduler.advance(61_000);
      let cookie = whole;
      for (const [path, headers] of [
        ['/page', NAVIGATION],
        ['/maybe-page', { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }],
        ['/page', { accept: 'text/html, */*;q=0.8' }],
      ] as const) {
        const page = await go(path, { ...headers, cookie });
        assert.deepEqual([page.status, await jsonOf(page)], [200, { subject: 'ada' }]);
        assert.deepEqual(cookieNames(page), SET_COOKIES);
        assert.equal(page.headers.get('cache-control'), 'no-store');
        const renewed = jarOf(page);
        assert.notEqual(String(REFRESH_COOKIE.exec(renewed)), String(REFRESH_COOKIE.exec(whole)));
        assert.equal((await ask('/me', { headers: { cookie: renewed } })).status, 200);
        cookie = String(REFRESH_COOKIE.exec(renewed));
      }
      const now = jarOf(await go('/page', { ...NAVIGATION, cookie }));
      const again = await go('/page', { ...NAVIGATION, cookie: now });
      assert.deepEqual([again.status, cookieNames(again)], [200, ['theme']], 'nothing was to be renewed');
    },
  );

  add(
    'only where a browser goes to a page: not ahead of that, not for frames and scripts, not for programs',
    async (t) => {
      const { go } = await signInAda(t, adapter);
      const speculative: readonly HeaderFields[] = [
        { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' },
        { 'sec-purpose': 'prefetch', 'sec-fetch-dest': 'empty' },
      ];
      for (const headers of speculative) {
        for (const path of ['/page', '/maybe-page']) {
          const ahead = await go(path, headers);
          assert.deepEqual(cookieNames(ahead), ['theme']);
          assert.deepEqual(await refusalOf(ahead), [503, 'ERR_PREFETCH_REFUSED']);
        }
      }
      const others: readonly HeaderFields[] = [
        { ...NAVIGATION, 'sec-fetch-dest': 'iframe' },
        { 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin', accept: 'text/html' },
        { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
        { accept: '*/*' },
      ];
      for (const headers of others) {
        const other = await go('/page', headers);
        assert.deepEqual(cookieNames(other), ['theme']);
        assert.deepEqual(await refusalOf(other), [401, 'ERR_TOKEN_MISSING']);
        assert.deepEqual(await jsonOf(await go('/maybe-page', headers)), {
          subject: null,
        });
      }
      assert.deepEqual(
        await refusalOf(await go('/me', NAVIGATION)),
        [401, 'ERR_TOKEN_MISSING'],
        'it does not renew',
      );
      assert.equal((await go('/page', NAVIGATION)).status, 200, 'and the refresh token is good still');
    },
  );

  add('a form that is sent late goes through from a page of ours, and from nowhere else', async (t) => {
    const { go } = await signInAda(t, adapter);
    const form = { ...NAVIGATION, 'content-type': 'application/x-www-form-urlencoded' };
    const elsewhere: readonly HeaderFields[] = [
      { ...form, 'sec-fetch-site': 'cross-site', origin: FOREIGN },
      { ...form, 'sec-fetch-site': 'none' },
      { 'content-type': form['content-type'], accept: 'text/html' },
      { 'content-type': form['content-type'], accept: 'text/html', origin: 'null' },
    ];
    for (const headers of elsewhere) {
      const refused = await go('/page', headers, 'POST');
      assert.deepEqual([refused.status, cookieNames(refused)], [401, ['theme']]);
    }
    const ours: readonly HeaderFields[] = [
      { ...form, 'sec-fetch-site': 'same-origin', origin: OWN },
      { 'content-type': form['content-type'], accept: 'text/html', origin: OWN },
    ];
    for (const headers of ours) {
      const sent = await go('/page', headers, 'POST');
      assert.deepEqual([sent.status, await jsonOf(sent)], [200, { subject: 'ada' }]);
      assert.deepEqual(cookieNames(sent), SET_COOKIES);
    }
  });
}

function chainCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('many pages at once end up with the same session', async (t) => {
    const { auth, go } = await signInAda(t, adapter);
    const convicted: string[] = [];
    auth.events.on('refresh_reused', ({ sessionId }) => void convicted.push(sessionId));
    const pages = await Promise.all(Array.from({ length: 8 }, () => go('/page', NAVIGATION)));
    assert.deepEqual(
      pages.map(({ status }) => status),
      Array.from(pages, () => 200),
    );
    const held = new Set(pages.map((page) => String(REFRESH_COOKIE.exec(jarOf(page)))));
    assert.equal(held.size, 1);
    // Whoever leaves before the answer is there comes with the token of before.
    assert.equal((await go('/page', NAVIGATION)).status, 200);
    assert.deepEqual(convicted, []);
  });

  add('where nothing can be renewed it is as without, and no cookie is cleared', async (t) => {
    const { auth, go } = await signInAda(t, adapter);
    await auth.revoke.subject('ada');
    for (const cookie of [undefined, '__Host-ww_rt=nonsense', '__Host-ww_rt=']) {
      const headers = { ...NAVIGATION, ...(cookie !== undefined && { cookie }) };
      const page = await go('/page', headers);
      assert.deepEqual(cookieNames(page), ['theme']);
      assert.deepEqual(await refusalOf(page), [401, 'ERR_TOKEN_MISSING']);
      const maybe = await go('/maybe-page', headers);
      assert.deepEqual([maybe.status, cookieNames(maybe)], [200, ['theme']]);
      assert.deepEqual(await jsonOf(maybe), { subject: null });
    }
  });
}
