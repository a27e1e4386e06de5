import assert from 'node:assert/strict';
import { createFakeClock } from '../fake-clock.ts';
import { createManualScheduler } from '../manual-scheduler.ts';
import type { AddCase, AdapterUnderTest } from './contract.ts';
import {
  bearer,
  cookieNames,
  FOREIGN,
  jsonOf,
  LISTED,
  openApp,
  openAuth,
  OWN,
  OWN_PAGE,
  post,
  refusalOf,
  type HeaderFields,
} from './world.ts';

export function guardCases(add: AddCase, adapter: AdapterUnderTest): void {
  tokenCases(add, adapter);
  callerCases(add, adapter);
}

function tokenCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('a guarded route answers who holds a token, as bearer or as cookie', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    const ways: readonly HeaderFields[] = [
      bearer(accessToken),
      { cookie: `theme=dark; __Host-ww_at=${accessToken}` },
    ];
    for (const headers of ways) {
      const response = await ask('/me?x=1', { headers });
      assert.deepEqual([response.status, await jsonOf(response)], [200, { subject: 'ada' }]);
    }
  });

  add('it refuses everybody else with 401, a challenge and a problem document', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const refused: readonly (readonly [HeaderFields, string, RegExp])[] = [
      [{}, 'ERR_TOKEN_MISSING', /^Bearer realm="watchword"$/],
      [{ authorization: 'Basic YTpi' }, 'ERR_TOKEN_MISSING', /^Bearer realm=/],
      [bearer('x'), 'ERR_TOKEN_MALFORMED', /^Bearer error="invalid_token", error_description="/],
      [{ cookie: '__Host-ww_at=x' }, 'ERR_TOKEN_MALFORMED', /^Bearer error="invalid_token"/],
    ];
    for (const [headers, code, challenge] of refused) {
      const response = await ask('/me', { headers });
      assert.match(response.headers.get('www-authenticate') ?? '', challenge);
      assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.deepEqual(cookieNames(response), ['theme']);
      assert.deepEqual(await refusalOf(response), [401, code]);
    }
    const twice = await ask('/me', { headers: { cookie: '__Host-ww_at=x; __Host-ww_at=y' } });
    assert.deepEqual(await refusalOf(twice), [400, 'ERR_TOKEN_AMBIGUOUS']);
    assert.deepEqual(await jsonOf(await ask('/open')), { open: true });
  });

  add('a revoked session is refused at once', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const { accessToken, session } = await auth.sessions.start({ subject: 'ada' });
    await auth.revoke.session(session.id);
    for (const path of ['/me', '/maybe']) {
      const response = await ask(path, { headers: bearer(accessToken) });
      assert.deepEqual(await refusalOf(response), [401, 'ERR_TOKEN_REVOKED']);
    }
  });

  add('scope and audience are what the route wants', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const ordering = await auth.sessions.start({ subject: 'ada', scope: 'orders profile' });
    const reading = await auth.sessions.start({ subject: 'ada', scope: 'profile' });
    const other = await auth.sessions.start({ subject: 'ada', audience: 'https://other.example' });
    const order = (token: string) => ask('/orders', { method: 'POST', headers: bearer(token) });
    assert.equal((await order(ordering.accessToken)).status, 200);
    const refused = await order(reading.accessToken);
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer error="insufficient_scope"/);
    assert.deepEqual(await refusalOf(refused), [403, 'ERR_TOKEN_SCOPE']);
    assert.equal((await ask('/elsewhere', { headers: bearer(other.accessToken) })).status, 200);
    for (const [path, token] of [
      ['/elsewhere', ordering.accessToken],
      ['/me', other.accessToken],
    ] as const) {
      const response = await ask(path, { headers: bearer(token) });
      assert.deepEqual(await refusalOf(response), [401, 'ERR_TOKEN_AUDIENCE']);
    }
  });

  add('so are the age of the sign-in, and of what is known of revocations', async (t) => {
    const clock = createFakeClock();
    const scheduler = createManualScheduler(clock);
    const auth = await openAuth(t, { clock, scheduler });
    const { ask } = await openApp(t, adapter, auth);
    const { accessToken } = await auth.sessions.start({ subject: 'ada', amr: ['pwd'] });
    const headers = bearer(accessToken);
    for (const path of ['/recent', '/fresh']) assert.equal((await ask(path, { headers })).status, 200);
    await scheduler.advance(61_000);
    assert.deepEqual(await refusalOf(await ask('/recent', { headers })), [401, 'ERR_TOKEN_TOO_OLD']);
    assert.equal((await ask('/fresh', { headers })).status, 200);
    clock.advance(5000);
    const stale = await ask('/fresh', { headers });
    assert.match(stale.headers.get('retry-after') ?? '', /^\d+$/);
    assert.deepEqual(await refusalOf(stale), [503, 'ERR_FEED_STALE']);
    assert.equal((await ask('/me', { headers })).status, 200);
  });
}

function callerCases(add: AddCase, adapter: AdapterUnderTest): void {
  add(
    'an optional guard lets through who brings no credential, and refuses one that is not good',
    async (t) => {
      const auth = await openAuth(t);
      const { ask } = await openApp(t, adapter, auth);
      const { accessToken } = await auth.sessions.start({ subject: 'ada' });
      const cookie = `__Host-ww_at=${accessToken}`;
      const letThrough: readonly (readonly [HeaderFields, string | null])[] = [
        [{}, null],
        [{ cookie: 'theme=dark' }, null],
        [{ authorization: 'Basic YTpi' }, null],
        [bearer(accessToken), 'ada'],
        [{ cookie }, 'ada'],
      ];
      for (const [headers, subject] of letThrough) {
        const response = await ask('/maybe', { headers });
        assert.deepEqual([response.status, await jsonOf(response)], [200, { subject }]);
      }
      const malformed: readonly HeaderFields[] = [
        bearer('x'),
        { authorization: 'Bearer' },
        { cookie: '__Host-ww_at=x' },
      ];
      for (const headers of malformed) {
        const response = await ask('/maybe', { headers });
        assert.deepEqual(await refusalOf(response), [401, 'ERR_TOKEN_MALFORMED']);
      }
      const foreign = await ask('/maybe', post({}, { cookie, origin: FOREIGN }));
      assert.deepEqual(await refusalOf(foreign), [403, 'ERR_CROSS_SITE']);
      const anonymous = await ask('/maybe', post({}, { origin: FOREIGN }));
      assert.deepEqual([anonymous.status, await jsonOf(anonymous)], [200, { subject: null }]);
    },
  );

  add('a cookie acts from pages of ours only, a bearer token from anywhere', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth);
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    const cookie = `__Host-ww_at=${accessToken}`;
    const status = async (headers: HeaderFields): Promise<number> =>
      (await ask('/me', post({}, headers))).status;
    const ours: readonly HeaderFields[] = [OWN_PAGE, { origin: LISTED }, { 'sec-fetch-site': 'same-origin' }];
    for (const headers of ours) {
      assert.equal(await status({ cookie, ...headers }), 200);
    }
    const others: readonly HeaderFields[] = [
      {},
      { origin: FOREIGN },
      { origin: 'null' },
      { origin: `${OWN}.evil.example` },
      { 'sec-fetch-site': 'cross-site', origin: OWN },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of others) {
      assert.equal(await status({ cookie, ...headers }), 403);
    }
    assert.equal(await status({ ...bearer(accessToken), origin: FOREIGN }), 200);
    assert.equal((await ask('/me', { headers: { cookie, origin: FOREIGN } })).status, 200, 'to look is safe');
  });

  add('nobody is somebody by saying so', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const auth = JSON.stringify({ subject: 'eve' });
    const query = '?auth[subject]=eve&auth=eve&subject=eve&__proto__[auth]=eve';
    const headers = { auth, 'x-auth': auth, subject: 'eve' };
    for (const path of ['/unguarded', '/maybe', '/me']) {
      const text = await (await ask(path + query, { headers })).text();
      assert.doesNotMatch(text, /eve/, path);
    }
    const body = { auth: { subject: 'eve' }, subject: 'eve' };
    const sent = await ask('/maybe', post(body, { ...OWN_PAGE, ...headers }));
    assert.deepEqual(await jsonOf(sent), { subject: null });
  });
}
