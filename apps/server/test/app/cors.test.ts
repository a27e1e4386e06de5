import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from './exchange.ts';
import { startApp, startExpress, startPlain } from './hosts.ts';

const LISTED = 'https://admin.example';

const HOSTS: readonly (readonly [string, typeof startPlain])[] = [
  ['the server', startApp],
  ['Node', startPlain],
  ['Express', (t, options) => startExpress(t, 'unread', options)],
  ['Express behind a parser', (t, options) => startExpress(t, 'parsed', options)],
];

for (const [name, start] of HOSTS) {
  test(`${name} answers preflights of listed pages on the library's paths`, async (t) => {
    const host = await start(t, { origins: [LISTED] });
    const preflight = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    for (const path of ['/auth/sign-in', '/auth/sessions/x', '/auth/nowhere']) {
      const listed = await ask(host, { method: 'OPTIONS', path, headers: { origin: LISTED, ...preflight } });
      assert.deepEqual([listed.status, listed.text], [204, '']);
      assert.equal(listed.headers['access-control-allow-origin'], LISTED);
      const unlisted = await ask(host, {
        method: 'OPTIONS',
        path,
        headers: { origin: `${LISTED}.evil.example`, ...preflight },
      });
      assert.ok(unlisted.status >= 400);
      assert.equal(unlisted.headers['access-control-allow-origin'], undefined);
    }
  });
}
