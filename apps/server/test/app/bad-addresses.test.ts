import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from 'watchword';
import { assertProblem, MARKER } from './assert-problem.ts';
import { ask, exchangeRaw } from './exchange.ts';
import { startApp, startExpress, type Host } from './hosts.ts';

const HEADERS = { 'user-agent': MARKER, cookie: `${MARKER}=${MARKER}`, accept: `${MARKER}/*` };

const UNKNOWN = [
  '/auth',
  '/auth/',
  '/auth//',
  `/auth/${MARKER}`,
  `/auth/sign-in/${MARKER}`,
  '/auth/sign-in/',
  '/auth/session/',
  '/auth/errors/',
  `/auth/errors/${MARKER}`,
  '/auth/errors/__proto__',
  '/auth/errors/constructor',
  '/auth/errors/toString',
  '/auth/SESSION',
  '/auth/sign%2din',
  '/auth/./session',
  '/auth/session;x=1',
  '/auth/constructor',
  '/auth/__proto__',
];

const UNKNOWN_TO_THE_SERVER = [
  `/${MARKER}`,
  `/${MARKER}/${MARKER}.js`,
  '/authx/session',
  '/AUTH/session',
  '/Auth/Session',
  '/auth%2fsession',
  '/.well-known/jwks.json/',
  '/ME',
  '/me/',
  '/package.json',
  '/build-app.ts',
  '/index.html/',
  '/.env',
  '/.git/config',
  '/__proto__',
  '/.well-known/jwks.json.bak',
];

test('what is not there is a problem with 404', async (t) => {
  const hosts = [await startApp(t), await startExpress(t, 'unread')];
  for (const host of hosts) {
    for (const path of UNKNOWN) await expectProblem(host, 'GET', path, 404, 'ERR_ROUTE_UNKNOWN');
    const unread = UNKNOWN.filter((path) => !path.startsWith('/auth/errors/'));
    for (const path of unread) await expectProblem(host, 'POST', path, 404, 'ERR_ROUTE_UNKNOWN');
  }
  const [server] = hosts;
  assert.ok(server);
  for (const path of UNKNOWN_TO_THE_SERVER) {
    for (const method of ['GET', 'POST', 'DELETE'])
      await expectProblem(server, method, path, 404, 'ERR_ROUTE_UNKNOWN');
  }
});

test('a wrong method is a problem with 405, and Allow lists the right ones', async (t) => {
  const server = await startApp(t);
  const express = await startExpress(t, 'unread');
  const allowed = {
    '/auth/sign-in': 'POST',
    '/auth/refresh': 'POST',
    '/auth/session': 'GET, HEAD',
    '/auth/sessions': 'GET, DELETE, HEAD',
    '/auth/sessions/x': 'DELETE',
    '/auth/errors/ERR_CONFIG': 'GET, HEAD',
    '/.well-known/jwks.json': 'GET, HEAD',
  };
  for (const [path, allow] of Object.entries(allowed)) {
    for (const method of ['OPTIONS', 'PUT', 'PATCH', 'PROPFIND', 'TRACE', 'LINK', 'M-SEARCH', 'QUERY']) {
      for (const host of [server, express]) {
        assert.equal(
          (await expectProblem(host, method, path, 405, 'ERR_METHOD')).headers.allow,
          allow,
          `${method} ${path}`,
        );
      }
    }
  }
  for (const path of ['/me', '/healthz', '/readyz']) {
    for (const method of ['OPTIONS', 'POST', 'PUT', 'DELETE', 'PROPFIND', 'TRACE', 'LINK']) {
      const { headers } = await expectProblem(server, method, path, 405, 'ERR_METHOD');
      assert.equal(headers.allow, 'GET, HEAD', `${method} ${path}`);
    }
  }
});

/** Paths that mean something else to whoever resolves them: a URL parser, a file system, a proxy. */
const TRICKS = [
  '//',
  '///',
  '//auth/session',
  '//localhost/auth/session',
  '//localhost/me',
  '/auth/../me',
  '/auth/%2e%2e/me',
  '/x/../auth/session',
  '/%2e%2e/auth/session',
  '/./auth/session',
  '/\\auth/session',
  '/auth\\session',
  '/..',
  '/../../package.json',
  '/..%2f..%2fpackage.json',
  '/%2e%2e%2f%2e%2e%2fpackage.json',
  '/..%5c..%5cpackage.json',
  '/main.js%00',
  '/main.js%00.html',
  '/%00',
  '/%zz',
  '/%',
  '/%c0%ae%c0%ae/package.json',
  '/%ff',
  '/auth/%zz',
  `/auth/sessions/%zz${MARKER}`,
  '/me%00',
  '/me%zz',
  '/main.js/..',
  `/${'a'.repeat(300)}`,
  `/${'a'.repeat(5000)}`,
  `/${'a/'.repeat(4000)}`,
  `/me/${'%41'.repeat(2000)}`,
  `/auth/${'%41'.repeat(2000)}`,
  'http://localhost/auth/nothing',
  `http://${MARKER}/${MARKER}`,
  `http://user:${MARKER}@localhost/auth/nothing`,
  'http://[/auth/session',
  'http://[bad]/x',
  'http://localhost:99999/auth/nothing',
  'https://localhost/%zz',
  'urn:x',
  '*',
];

test('tricks with paths are problems with 4xx and lead nowhere', async (t) => {
  const server = await startApp(t);
  for (const path of TRICKS) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) await askRaw(server, method, path);
  }
});

test('a path that is an address is taken for what it names, or refused', async (t) => {
  for (const host of [await startApp(t), await startExpress(t, 'unread')]) {
    for (const target of ['http://localhost/auth/session', 'http://evil.example/auth/session']) {
      const answer = await askRaw(host, 'GET', target);
      assert.ok(['ERR_TOKEN_MISSING', 'ERR_ROUTE_UNKNOWN'].includes(JSON.parse(answer.text).code));
    }
  }
});

test('conditions and ranges on the files of the page never break anything', async (t) => {
  const server = await startApp(t);
  const conditions = [
    { range: 'bytes=99999999-' },
    { range: `bytes=${MARKER}` },
    { range: 'bytes=-0' },
    { range: 'bytes=5-1' },
    { range: 'bytes=0-1,2-3,4-5' },
    { 'if-match': `"${MARKER}"` },
    { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
    { 'if-modified-since': MARKER },
  ];
  for (const headers of conditions) {
    const answer = await ask(server, { path: '/main.js', headers });
    assert.ok(answer.status < 500, `${JSON.stringify(headers)}: ${answer.status}`);
    if (answer.status >= 400) assertProblem(answer, JSON.stringify(headers));
  }
});

test('HEAD answers like GET, without the body', async (t) => {
  const server = await startApp(t);
  const paths = [
    '/',
    '/healthz',
    '/readyz',
    '/me',
    '/nothing',
    '/auth/session',
    '/auth/nothing',
    '/auth/sign-in',
    '/.well-known/jwks.json',
  ];
  for (const path of paths) {
    const get = await ask(server, { path });
    const head = await ask(server, { method: 'HEAD', path });
    assert.deepEqual([head.status, head.text], [get.status, ''], path);
    assert.equal(head.headers['content-type'], get.headers['content-type'], path);
  }
});

async function expectProblem(host: Host, method: string, path: string, status: number, code: ErrorCode) {
  const answer = await ask(host, { method, path: `${path}?${MARKER}=${MARKER}`, headers: HEADERS });
  assertProblem(answer, `${method} ${path}`, { status, code });
  return answer;
}

async function askRaw(host: Host, method: string, target: string) {
  const answer = await exchangeRaw(
    host,
    `${method} ${target} HTTP/1.1\r\nhost: localhost\r\nx-a: ${MARKER}\r\n\r\n`,
  );
  assertProblem(answer, `${method} ${target.slice(0, 80)}`);
  return answer;
}
