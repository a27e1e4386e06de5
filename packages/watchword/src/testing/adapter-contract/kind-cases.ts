import assert from 'node:assert/strict';
import type { AddCase, AdapterUnderTest } from './contract.ts';
import {
  cookieNames,
  FOREIGN,
  jarOf,
  jsonOf,
  openApp,
  openAuth,
  OWN_PAGE,
  post,
  REAL,
  refusalOf,
  type HeaderFields,
} from './world.ts';

/** What else a browser may bring: the id of an opaque session, and the token that proves a request where nothing says its origin. */
export function kindCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('an opaque session is as good as a token, until it is revoked', async (t) => {
    const auth = await openAuth(t, REAL, { browserSessions: 'opaque' });
    const { ask } = await openApp(t, adapter, auth);
    const signedIn = await ask('/log-in', post({ name: 'ada' }, OWN_PAGE));
    assert.deepEqual(
      new Set(cookieNames(signedIn)),
      new Set(['theme', 'seen', '__Host-ww_sid', '__Host-ww_csrf']),
    );
    const headers = { cookie: jarOf(signedIn), 'sec-fetch-dest': 'document' };
    for (const path of ['/me', '/maybe', '/page', '/maybe-page', '/me']) {
      const response = await ask(path, { headers });
      assert.deepEqual([response.status, await jsonOf(response)], [200, { subject: 'ada' }], path);
      assert.deepEqual(cookieNames(response), ['theme']);
    }
    const foreign = await ask('/me', post({}, { ...headers, origin: FOREIGN }));
    assert.deepEqual(await refusalOf(foreign), [403, 'ERR_CROSS_SITE']);
    await auth.revoke.subject('ada');
    assert.deepEqual(await refusalOf(await ask('/me', { headers })), [401, 'ERR_TOKEN_REVOKED']);
  });

  add('a request that does not say where it comes from acts with the token of its session', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const cookie = jarOf(await ask('/log-in', post({ name: 'ada' }, OWN_PAGE)));
    const other = jarOf(await ask('/log-in', post({ name: 'eve' }, OWN_PAGE)));
    const tokenOf = (jar: string): string => /__Host-ww_csrf=([^;]+)/.exec(jar)?.[1] ?? '';
    const act = (headers: HeaderFields) => ask('/me', post({}, { cookie, ...headers }));
    assert.equal((await act({ 'x-ww-csrf': tokenOf(cookie) })).status, 200);
    const others: readonly HeaderFields[] = [
      {},
      { 'x-ww-csrf': '' },
      { 'x-ww-csrf': tokenOf(other) },
      { 'x-ww-csrf': tokenOf(cookie), origin: FOREIGN },
    ];
    for (const headers of others) {
      const refused = await act(headers);
      assert.deepEqual(await refusalOf(refused), [403, 'ERR_CROSS_SITE']);
    }
  });
}
