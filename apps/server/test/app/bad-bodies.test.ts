import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { assertProblem, MARKER } from './assert-problem.ts';
import { BAD_BODIES, routesFor, type BadBody } from './bad-bodies.ts';
import { ask, type Answer } from './exchange.ts';
import { startApp, startExpress, startPlain, type Host } from './hosts.ts';

/** Every place beside the body that can hold the marker. */
const MARKED = {
  origin: 'http://localhost:8787',
  'user-agent': MARKER,
  referer: `http://localhost:8787/${MARKER}`,
  'x-request-id': MARKER,
  cookie: `${MARKER}=${MARKER}`,
};

function sendBadBody(host: Host, path: string, { body, headers, chunkBytes }: BadBody): Promise<Answer> {
  const chunks = chunkBytes === undefined ? {} : { chunkBytes };
  return ask(host, {
    method: 'POST',
    path: `${path}?${MARKER}=${MARKER}`,
    headers: { ...MARKED, ...headers },
    body,
    ...chunks,
  });
}

const HOSTS: Readonly<Record<string, (t: TestContext) => Promise<Host>>> = {
  'the server': startApp,
  "Node's own server": startPlain,
  Express: (t) => startExpress(t, 'unread'),
};

for (const [name, start] of Object.entries(HOSTS)) {
  test(`bad bodies are problems of 4xx that repeat nothing (${name})`, async (t) => {
    const host = await start(t);
    for (const bad of BAD_BODIES) {
      for (const path of routesFor(bad)) {
        assertProblem(await sendBadBody(host, path, bad), `${path} with ${bad.name}`, { code: bad.code });
      }
    }
  });
}

test('behind a parser of the application they are 4xx too, and problems where they reach Watchword', async (t) => {
  const host = await startExpress(t, 'parsed');
  for (const bad of BAD_BODIES) {
    for (const path of routesFor(bad).filter((each) => each !== '/auth/sign-out')) {
      const answer = await sendBadBody(host, path, bad);
      const what = `${path} with ${bad.name}`;
      if (answer.text.includes('parser of the application')) {
        assert.ok(['ERR_BODY_NOT_JSON', 'ERR_BODY_TOO_LARGE', 'ERR_CONTENT_TYPE'].includes(bad.code), what);
        assert.ok(answer.status >= 400 && answer.status < 500, what);
      } else {
        assertProblem(answer, what);
      }
    }
  }
});

test('what is wrong with which member is said, without its value', async (t) => {
  const host = await startApp(t);
  const { text } = await ask(host, {
    method: 'POST',
    path: '/auth/sign-in',
    headers: { 'content-type': 'application/json' },
    body: `{"email":7,"delivery":"${MARKER}","${MARKER}":1}`,
  });
  const { errors } = JSON.parse(text);
  assert.deepEqual(
    errors.map(({ member }: { member: string }) => member),
    ['email', 'password', 'delivery'],
  );
  assert.ok(
    errors.every(({ problem }: { problem: unknown }) => typeof problem === 'string' && problem !== ''),
  );
});

test('a body may say that it is UTF-8, in every spelling', async (t) => {
  const host = await startApp(t);
  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
  ]) {
    const headers = { 'content-type': type };
    const { status } = await ask(host, {
      method: 'POST',
      path: '/auth/sign-in',
      headers,
      body: '{"email":1}',
    });
    assert.equal(status, 422, type);
  }
});
