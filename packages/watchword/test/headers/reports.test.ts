import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { EventOf } from '../../src/facade/index.ts';
import { createInstallation } from '../facade/support/installation.ts';

type Reported = EventOf<'csp_reported'>;

const SINGLE = 'application/csp-report';
const GATHERED = 'application/reports+json';

async function openReports(t: TestContext) {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const told: Reported[] = [];
  const dropped: number[] = [];
  auth.events.on('csp_reported', (event) => told.push(event));
  auth.events.on('csp_reports_dropped', ({ count }) => dropped.push(count));
  async function send(type: string, body: unknown): Promise<{ status: number; code?: string }> {
    const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
    const response = await auth.http.handle({
      method: 'POST',
      path: '/auth/reports',
      remoteAddress: undefined,
      header: (name) => (name === 'content-type' ? type : undefined),
      readBody: async (limit) => (bytes.length > limit ? { kind: 'too_large' } : { kind: 'bytes', bytes }),
    });
    const answer = response.body === '' ? {} : JSON.parse(response.body);
    return { status: response.status, code: answer.code };
  }
  return { installation, auth, told, dropped, send };
}

function withoutTime({ type: _type, atMs: _atMs, ...report }: Reported) {
  return report;
}

const INLINE = {
  'document-uri': 'https://app.example/orders?token=secret#access_token=secret',
  referrer: 'https://app.example/?code=secret',
  'violated-directive': 'script-src-elem',
  'effective-directive': 'script-src-elem',
  'original-policy': "default-src 'none'; report-uri /auth/reports",
  disposition: 'enforce',
  'blocked-uri': 'inline',
  'line-number': 12,
  'source-file': 'https://app.example/orders?token=secret',
  'status-code': 200,
  'script-sample': 'steal("secret")',
};

test('what a browser reports in either form becomes an event, without queries, fragments and samples', async (t) => {
  const { send, told } = await openReports(t);
  assert.deepEqual(await send(SINGLE, { 'csp-report': INLINE }), { status: 204, code: undefined });
  const gathered = {
    type: 'csp-violation',
    age: 10,
    url: 'https://app.example/orders?token=secret',
    user_agent: 'a browser',
    body: {
      documentURL: 'https://ada:secret@app.example/orders?token=secret',
      blockedURL: 'wss://evil.example:8443/collect?cookie=secret',
      effectiveDirective: 'connect-src',
      originalPolicy: "default-src 'none'",
      sourceFile: 'https://app.example/main.js#secret',
      sample: 'secret',
      disposition: 'report',
      statusCode: 200,
      lineNumber: 7,
      columnNumber: 3,
    },
  };
  const other = { type: 'deprecation', body: { id: 'secret' } };
  assert.equal((await send(`${GATHERED}; charset=utf-8`, [other, gathered])).status, 204);
  assert.deepEqual(told.map(withoutTime), [
    {
      document: 'https://app.example/orders',
      directive: 'script-src-elem',
      blocked: 'inline',
      source: 'https://app.example/orders',
      line: 12,
      enforced: true,
    },
    {
      document: 'https://app.example/orders',
      directive: 'connect-src',
      blocked: 'wss://evil.example:8443/collect',
      source: 'https://app.example/main.js',
      line: 7,
      enforced: false,
    },
  ]);
  assert.doesNotMatch(JSON.stringify(told), /secret/);
});

test('long parts of a path, which may be secrets, and inline data are left out', async (t) => {
  const { send, told } = await openReports(t);
  const report = {
    'document-uri': `https://app.example/reset/${'s3cret'.repeat(10)}/now`,
    'violated-directive': "img-src 'self' https://images.example",
    'blocked-uri': 'data:text/html;base64,c2VjcmV0',
    'source-file': 'chrome-extension://abcdefgh/inject.js',
  };
  await send(SINGLE, { 'csp-report': report });
  assert.deepEqual(told.map(withoutTime), [
    {
      document: 'https://app.example/reset/…/now',
      directive: 'img-src',
      blocked: 'data:',
      source: 'chrome-extension:',
      line: 0,
      enforced: true,
    },
  ]);
});

test('what is no report is refused, and tells nobody anything', async (t) => {
  const { send, told } = await openReports(t);
  assert.deepEqual(await send('application/json', { 'csp-report': INLINE }), {
    status: 415,
    code: 'ERR_CONTENT_TYPE',
  });
  assert.deepEqual(await send('text/plain', [1]), { status: 415, code: 'ERR_CONTENT_TYPE' });
  for (const [type, body] of [
    [SINGLE, [{ 'csp-report': INLINE }]],
    [SINGLE, { 'csp-report': [INLINE] }],
    [SINGLE, {}],
    [SINGLE, 1],
    [GATHERED, { 'csp-report': INLINE }],
    [GATHERED, null],
  ] as const) {
    assert.deepEqual(await send(type, body), { status: 422, code: 'ERR_BODY_INVALID' }, JSON.stringify(body));
  }
  const notJson = { status: 400, code: 'ERR_BODY_NOT_JSON' };
  assert.deepEqual(
    await send(SINGLE, new TextEncoder().encode('{"csp-report":{},"csp-report":{}}')),
    notJson,
  );
  assert.deepEqual(await send(SINGLE, Uint8Array.of(0xff)), notJson);
  assert.deepEqual(await send(GATHERED, ['x'.repeat(65_536)]), {
    status: 413,
    code: 'ERR_BODY_TOO_LARGE',
  });
  assert.deepEqual(told, []);
});

test('in a flood twenty a minute are told, and the others counted, without being read', async (t) => {
  const { send, told, dropped, installation } = await openReports(t);
  const body = { documentURL: 'https://app.example/', effectiveDirective: 'img-src', blockedURL: 'inline' };
  const many = Array.from({ length: 30 }, () => ({ type: 'csp-violation', body }));
  assert.equal((await send(GATHERED, many)).status, 204);
  assert.equal(told.length, 20);
  for (let count = 0; count < 1000; count += 1) {
    assert.equal((await send(SINGLE, Uint8Array.of(0xff))).status, 204);
  }
  assert.deepEqual([told.length, dropped], [20, []]);
  await installation.pass(60_000);
  assert.deepEqual(dropped, [1010]);
  await send(SINGLE, { 'csp-report': INLINE });
  assert.equal(told.length, 21);
  await installation.pass(60_000);
  assert.deepEqual(dropped, [1010], 'a quiet minute tells of none');
});

test('what was counted is told when the installation closes', async (t) => {
  const { send, dropped, auth } = await openReports(t);
  const body = { type: 'csp-violation' };
  await send(
    GATHERED,
    Array.from({ length: 25 }, () => body),
  );
  await auth.close();
  assert.deepEqual(dropped, [5]);
});

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.webUrl({ withQueryParameters: true, withFragments: true }).map((url) => `${url}secret`),
  fc.constantFrom('inline', 'eval', '', 'null', 'https://', 'about:secret', '\u0000', 'https://a/%0d%0a'),
  fc.jsonValue({ maxDepth: 1 }),
);

test('whatever comes, an event is small and has nothing that a report may carry along', async (t) => {
  const { send, told, installation } = await openReports(t);
  const members = fc.record(
    {
      documentURL: word,
      'document-uri': word,
      blockedURL: word,
      'blocked-uri': word,
      effectiveDirective: word,
      'effective-directive': word,
      lineNumber: word,
      'source-file': word,
      disposition: word,
    },
    { requiredKeys: [] },
  );
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(members, fc.boolean(), async (report, isSingle) => {
      told.length = 0;
      const { status } = isSingle
        ? await send(SINGLE, { 'csp-report': report })
        : await send(GATHERED, [{ type: 'csp-violation', body: report }]);
      sent += 1;
      if (sent % 20 === 0) await installation.pass(60_000);
      // A member called __proto__ is refused.
      assert.ok(status === 204 || status === 400, String(status));
      for (const event of told) {
        const { document, directive, blocked, source, line, enforced } = event;
        for (const place of [document, blocked, source]) assertPlace(place);
        assert.match(directive, /^[a-z-]{1,40}$/);
        assert.ok(Number.isInteger(line) && typeof enforced === 'boolean');
      }
    }),
    { numRuns: process.env['WATCHWORD_LONG'] === undefined ? 200 : 5000 },
  );
});

/** Nothing, a word or a scheme, or an address without what may be secret. */
function assertPlace(place: string): void {
  assert.ok(place.length <= 300);
  if (/^(?:|[a-z][a-z0-9+.-]{0,39}:?)$/.test(place)) return;
  const { protocol, username, password, search, hash } = new URL(place);
  assert.match(protocol, /^(?:https?|wss?):$/);
  assert.deepEqual([username, password, search, hash], ['', '', '', ''], place);
}
