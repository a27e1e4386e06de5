import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { fastify } from 'fastify';
import { createLogger } from '../src/logging/create-logger.ts';

interface Line {
  readonly [member: string]: unknown;
}

const SECRETS = {
  password: 'correct horse battery staple',
  access: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ',
  refresh: `wwr_${'Ab3-_x'.repeat(13)}`,
  session: 'opaque-session-0123456789',
};

test('a request makes two lines: what was asked, without its query, headers or body, and what came of it', async (t) => {
  const { app, lines } = start(t);
  app.post('/auth/sign-in', () => ({ ok: true }));

  const response = await app.inject({
    method: 'POST',
    url: `/auth/sign-in?token=${SECRETS.access}&next=%2F`,
    headers: {
      authorization: `Bearer ${SECRETS.access}`,
      cookie: `__Host-ww_sid=${SECRETS.session}`,
      'user-agent': 'curl',
    },
    payload: { email: 'ada@example.com', password: SECRETS.password },
  });

  assert.equal(response.statusCode, 200);
  const [incoming, completed, ...others] = lines();
  assert.deepEqual(others, []);
  const { time, responseTime } = completed as { time: string; responseTime: number };
  assert.deepEqual(incoming, {
    level: 'info',
    time: incoming?.['time'],
    pid: process.pid,
    reqId: 'req-1',
    req: { id: 'req-1', method: 'POST', path: '/auth/sign-in', remoteAddress: '127.0.0.1' },
    msg: 'incoming request',
  });
  assert.deepEqual(completed, {
    level: 'info',
    time,
    pid: process.pid,
    reqId: 'req-1',
    res: { statusCode: 200 },
    responseTime,
    msg: 'request completed',
  });
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(responseTime >= 0 && responseTime < 10_000);
});

test('a careless handler that logs everything it has still gives nothing away', async (t) => {
  const { app, lines } = start(t);
  app.post<{ Body: { password: string } }>('/careless', (request, reply) => {
    reply.header('set-cookie', [
      `__Host-ww_at=${SECRETS.access}; Path=/`,
      `__Host-ww_rt=${SECRETS.refresh}; Path=/`,
    ]);
    request.log.info(request.raw);
    request.log.info(reply.raw);
    request.log.info({ headers: request.headers, body: request.body, raw: request.raw.rawHeaders }, 'all');
    request.log.info({ all: { headers: request.headers, body: request.body, sent: reply.getHeaders() } });
    request.log.warn('headers: %j, body: %o', request.headers, request.body);
    throw new Error(`refused ${JSON.stringify(request.body)}`, {
      cause: new Error(`token was ${SECRETS.refresh}`),
    });
  });

  const response = await app.inject({
    method: 'POST',
    url: '/careless',
    headers: { authorization: `Bearer ${SECRETS.access}`, cookie: `a=b; __Host-ww_sid=${SECRETS.session}` },
    payload: { password: SECRETS.password, refresh_token: SECRETS.refresh },
  });

  assert.equal(response.statusCode, 500);
  const written = JSON.stringify(lines());
  assert.ok(written.includes('/careless'));
  assert.ok(written.includes('refused'));
  for (const [name, secret] of Object.entries(SECRETS))
    assert.ok(!written.includes(secret), `${name} in ${written}`);
});

test("Fastify's own messages lose the query too", async (t) => {
  const { app, lines } = start(t);
  const response = await app.inject('/nowhere?code=single-use&state=1');
  assert.equal(response.statusCode, 404);
  assert.ok(lines().some(({ msg }) => msg === 'Route GET:/nowhere?[redacted] not found'));
  assert.ok(!JSON.stringify(lines()).includes('single-use'));
});

test("Node's own request and response are described in the same way", async (t) => {
  const written: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => void written.push(line) } });
  const server = createServer((request, response) => {
    response.setHeader('set-cookie', 'a=secret-value').end('ok');
    logger.info({ req: request, res: response }, 'served');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve, reject) => {
    // The absolute form, with credentials in its authority.
    const path = `http://ada:hunter2@127.0.0.1:${port}/a/b?c=d#e`;
    httpRequest({ port, host: '127.0.0.1', path, agent: false }, (response) => {
      response.resume().on('end', resolve);
    })
      .on('error', reject)
      .end();
  });
  const { req, res } = JSON.parse(written.join(''));
  assert.deepEqual(req, { method: 'GET', path: '/a/b', remoteAddress: '127.0.0.1' });
  assert.deepEqual(res, { statusCode: 200 });
});

test('the level is obeyed', () => {
  const written: string[] = [];
  const logger = createLogger({ level: 'warn', destination: { write: (line) => void written.push(line) } });
  logger.info('not this');
  logger.error('this');
  assert.deepEqual(
    written.map((line) => [JSON.parse(line).level, JSON.parse(line).msg]),
    [['error', 'this']],
  );
});

test('without a destination the lines go to standard output, also those of a process that ends at once', async () => {
  const module = new URL('../src/logging/create-logger.ts', import.meta.url);
  const script = `
    const { createLogger } = await import(${JSON.stringify(module.href)});
    const logger = createLogger({ level: 'info' });
    logger.info({ password: 'hunter2' }, 'one');
    logger.error('two');
    process.exit(0);`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ]);
  assert.equal(stderr, '');
  // They may change places at such an end, because they are written without holding up the event loop.
  const messages = stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line).msg);
  assert.deepEqual(messages.toSorted(), ['one', 'two']);
  assert.ok(!stdout.includes('hunter2'));
});

function start(t: TestContext) {
  const written: string[] = [];
  const app = fastify({
    loggerInstance: createLogger({
      level: 'info',
      destination: { write: (line) => void written.push(line) },
    }),
  });
  t.after(() => app.close());
  return { app, lines: (): Line[] => written.map((line) => JSON.parse(line)) };
}
