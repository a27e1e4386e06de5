import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem, MARKER } from './assert-problem.ts';
import { ask, exchangeRaw } from './exchange.ts';
import { startApp } from './hosts.ts';

const HOST = 'host: localhost\r\n';
const POST = `POST /auth/sign-in HTTP/1.1\r\n${HOST}content-type: application/json\r\n`;

const MALFORMED: Readonly<Record<string, string | Uint8Array>> = {
  'a method in lower case': `get /me HTTP/1.1\r\n${HOST}\r\n`,
  'a method that nobody knows': `${MARKER} /me HTTP/1.1\r\n${HOST}\r\n`,
  'a version that nobody knows': `GET /me HTTP/9.9\r\n${HOST}\r\n`,
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a target that is no path': `GET ${MARKER} HTTP/1.1\r\n${HOST}\r\n`,
  'a space too many': `GET /me ${MARKER} HTTP/1.1\r\n${HOST}\r\n`,
  'a line that is no header': `GET /me HTTP/1.1\r\n${HOST}${MARKER}\r\n\r\n`,
  'a header with a space in its name': `GET /me HTTP/1.1\r\n${HOST}x ${MARKER}: 1\r\n\r\n`,
  'a folded header': `GET /me HTTP/1.1\r\n${HOST}x: a\r\n ${MARKER}\r\n\r\n`,
  'a NUL in a header': `GET /me HTTP/1.1\r\n${HOST}x: \0${MARKER}\r\n\r\n`,
  'a bare line feed in a header': `GET /me HTTP/1.1\r\n${HOST}x: a\rb${MARKER}\r\n\r\n`,
  'no host': `GET /me?${MARKER} HTTP/1.1\r\n\r\n`,
  'no host on a route of the library': `GET /auth/session?${MARKER} HTTP/1.1\r\n\r\n`,
  'two lengths': `${POST}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
  'a length and chunks': `${POST}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a length that is negative': `${POST}content-length: -1\r\n\r\n`,
  'a length that is a word': `${POST}content-length: ${MARKER}\r\n\r\n`,
  'a length beyond counting': `${POST}content-length: 99999999999999999999999\r\n\r\n`,
  'an encoding that nobody knows': `${POST}transfer-encoding: ${MARKER}\r\n\r\n{}`,
  'chunked, but not last': `${POST}transfer-encoding: chunked, gzip\r\n\r\n{}`,
  'a chunk without a length': `${POST}transfer-encoding: chunked\r\n\r\n${MARKER}\r\n`,
  'a chunk that is longer than it says': `${POST}transfer-encoding: chunked\r\n\r\n2\r\n{}${MARKER}\r\n0\r\n\r\n`,
  'an expectation that nobody knows': `${POST}expect: ${MARKER}\r\ncontent-length: 2\r\n\r\n{}`,
  'a tunnel': `CONNECT ${MARKER}:443 HTTP/1.1\r\n${HOST}\r\n`,
  'a TLS handshake': Buffer.from('16030100c8010000c40303', 'hex'),
  'bytes that are nothing': Buffer.from('00ff00ff0d0a0d0a', 'hex'),
};

test('what is no HTTP is a problem with 400', async (t) => {
  const host = await startApp(t);
  for (const [name, bytes] of Object.entries(MALFORMED)) {
    await t.test(name, async () => {
      assertProblem(await exchangeRaw(host, bytes), name, { status: 400, code: 'ERR_REQUEST_MALFORMED' });
      assert.equal((await ask(host, { path: '/healthz' })).status, 200, 'the server goes on');
    });
  }
});

test('headers beyond the limit are 431, be they few or many', async (t) => {
  const host = await startApp(t);
  const bombs = [
    `x: ${MARKER.repeat(2000)}`,
    `cookie: ${`${MARKER}=1; `.repeat(2000)}`,
    Array.from({ length: 5000 }, (_, index) => `x${index}: ${MARKER}`).join('\r\n'),
    'x:\r\n'.repeat(8000).trim(),
    `${MARKER.repeat(2000)}: x`,
  ];
  for (const path of ['/me', '/auth/session']) {
    for (const bomb of bombs) {
      const answer = await exchangeRaw(host, `GET ${path} HTTP/1.1\r\n${HOST}${bomb}\r\n\r\n`);
      assertProblem(answer, bomb.slice(0, 40), { status: 431, code: 'ERR_HEADERS_TOO_LARGE' });
    }
  }
  const address = await exchangeRaw(host, `GET /${MARKER.repeat(2000)} HTTP/1.1\r\n${HOST}\r\n`);
  assertProblem(address, 'a long address', { status: 431 });
});

test('an upgrade that is not offered is ignored', async (t) => {
  const host = await startApp(t);
  for (const upgrade of ['websocket', 'h2c', MARKER]) {
    const headers = { connection: 'upgrade', upgrade };
    assertProblem(await ask(host, { path: '/auth/session', headers }), upgrade, {
      code: 'ERR_TOKEN_MISSING',
    });
  }
});

test('requests behind one that was malformed are not answered', async (t) => {
  const host = await startApp(t);
  const smuggled = `${POST}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\n`;
  const { text } = await exchangeRaw(host, smuggled);
  assert.equal(
    text.split('ERR_REQUEST_MALFORMED').length,
    3,
    'the code stands in type and code of one answer',
  );
  assert.ok(!text.includes('"ok"'));
});
