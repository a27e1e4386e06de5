import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { assertGivesNothingAway, assertProblem, MARKER } from './assert-problem.ts';
import { ask, type Question } from './exchange.ts';
import { startApp, startExpress, startPlain, type Host } from './hosts.ts';

const SEED = Number(process.env['WATCHWORD_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = process.env['WATCHWORD_LONG'] === undefined ? 1000 : 8_000;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];
const ROUTES = [
  'sign-up',
  'sign-in',
  'sign-out',
  'refresh',
  'session',
  'self-check',
  'self-check/x',
  'sessions',
  'sessions/x',
  'errors/ERR_CONFIG',
  '',
];

/** What a header may hold: bytes that HTTP lets through, RFC 9110 §5.5. */
const headerText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((n) => n !== 0x7f)
    .map((n) => String.fromCharCode(n)),
});
const tokenLike = fc.oneof(
  headerText,
  fc.constantFrom(`wwr_${'A'.repeat(78)}`, 'eyJhbGciOiJub25lIn0.e30.', 'a.b.c', '..', '', MARKER),
  fc.base64String().map((text) => `eyJ${text}.${text}.${text}`),
);

const headers = fc.record(
  {
    'content-type': fc.oneof({ weight: 4, arbitrary: fc.constant('application/json') }, headerText),
    cookie: fc.oneof(
      headerText,
      tokenLike.map((token) => `__Host-ww_rt=${token}`),
      tokenLike.map((token) => `__Host-ww_at=${token}`),
    ),
    authorization: fc.oneof(
      headerText,
      tokenLike.map((token) => `Bearer ${token}`),
    ),
    origin: fc.oneof(headerText, fc.constantFrom('http://localhost:8787', 'null')),
    'sec-fetch-site': fc.constantFrom('same-origin', 'cross-site', 'none', ''),
    'accept-version': headerText,
    'x-forwarded-for': headerText,
  },
  { requiredKeys: [] },
);

const member = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('a@example.com', 'body', 'cookie', MARKER),
);
const body = fc.oneof(
  fc
    .record(
      { email: member, password: member, delivery: member, refresh_token: member },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(undefined),
);

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ROUTES).map((route) => `/auth/${route}`) },
  { weight: 2, arbitrary: fc.webPath().map((tail) => `/auth/${tail}`) },
  { weight: 1, arbitrary: fc.webPath().map((tail) => `/${tail}`) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom(...'/.%2e\\?#auth;:@') }).map((tail) => `/${tail}`),
  },
);

const question = fc.record({
  method: fc.oneof({ weight: 3, arbitrary: fc.constant('POST') }, fc.constantFrom(...METHODS)),
  path,
  headers,
  body,
  chunkBytes: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});

const HOSTS: Readonly<Record<string, (t: TestContext) => Promise<Host>>> = {
  'the server': startApp,
  "Node's own server": startPlain,
  'Express behind a parser': (t) => startExpress(t, 'parsed'),
};

for (const [name, start] of Object.entries(HOSTS)) {
  test(`whatever is asked of ${name}, it is never 5xx, and every refusal is a problem (seed ${SEED})`, async (t) => {
    const host = await start(t);
    await fc.assert(
      fc.asyncProperty(question, (asked) => judge(host, asked as Question)),
      { seed: SEED, numRuns: RUNS },
    );
  });
}

async function judge(host: Host, asked: Question): Promise<void> {
  const answer = await ask(host, asked);
  const what = JSON.stringify(asked);
  assert.ok(answer.status < 500, `${answer.status} to ${what}`);
  assertGivesNothingAway(answer, what);
  if (answer.status >= 400 && asked.method !== 'HEAD' && isOurs(answer.text)) assertProblem(answer, what);
}

/** What the application around Watchword answers itself is its own affair. */
function isOurs(text: string): boolean {
  return text !== '' && !text.includes('parser of the application') && !text.startsWith('<!DOCTYPE html>');
}
