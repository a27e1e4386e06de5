import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { createLogger } from '../src/logging/create-logger.ts';
import { redactLine } from '../src/logging/redact-line.ts';
import { propertyRuns } from './property-runs.ts';

type Log = (logger: ReturnType<typeof createLogger>, secret: string) => void;

const RUNS = propertyRuns(200, 2_000);

describe('whatever is logged, the line contains no token', () => {
  const base64url = (shape: { minLength: number; maxLength: number }) =>
    fc.uint8Array(shape).map((bytes) => Buffer.from(bytes).toString('base64url'));
  const json = fc
    .record({
      alg: fc.constantFrom('HS256', 'RS256', 'ES256', 'none'),
      kid: fc.string(),
      extra: fc.jsonValue(),
    })
    .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
  const jwt = fc
    .tuple(json, json, base64url({ minLength: 0, maxLength: 300 }))
    .map((segments) => segments.join('.'));
  const base62 = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
  const refresh = fc
    .tuple(base64url({ minLength: 54, maxLength: 54 }), fc.array(base62, { minLength: 6, maxLength: 6 }))
    .map(([body, crc]) => `wwr_${body}${crc.join('')}`);
  const token = fc.oneof(jwt, refresh);
  const text = fc.oneof(fc.constantFrom('', ' ', 'a', '=', '"', '\\', '%20', '.', '_', '\n'), fc.string());

  const places: Record<string, Log> = {
    'as the message': (logger, secret) => logger.info(secret),
    'as a format argument': (logger, secret) => logger.info('%s %o %j', secret, { a: secret }, [secret]),
    'as a member': (logger, secret) => logger.info({ note: secret }, 'hello'),
    'as the name of a member': (logger, secret) => logger.info({ [secret]: 1, deep: { [secret]: 1 } }),
    'deep inside': (logger, secret) => logger.info({ a: [{ b: { c: [[secret]] } }] }),
    'as JSON in a text': (logger, secret) => logger.info(JSON.stringify({ a: JSON.stringify([secret]) })),
    'as inspected': (logger, secret) => logger.info(inspect({ a: [secret] })),
    'in the message of an error': (logger, secret) => logger.error(new Error(secret)),
    'in the cause of an error': (logger, secret) =>
      logger.error({ err: new Error('outer', { cause: new Error('inner', { cause: secret }) }) }),
    'in an aggregate error': (logger, secret) =>
      logger.error({ err: new AggregateError([new Error(secret)], 'both') }),
    'hung onto an error': (logger, secret) =>
      logger.error({
        err: Object.assign(new Error('refused'), { config: { headers: { a: secret } }, detail: secret }),
      }),
    'thrown as it is': (logger, secret) => logger.error({ err: secret }),
    'in an address': (logger, secret) =>
      logger.info({
        req: { id: 'r', method: 'GET', url: `/a/${secret}?b=${secret}`, ip: '::1' },
        url: `http://a/${secret}`,
      }),
    'in a header': (logger, secret) =>
      logger.info({
        req: { headers: { authorization: `Bearer ${secret}` } },
        h: { Cookie: secret, other: secret },
      }),
    'in raw headers': (logger, secret) =>
      logger.info({ a: { rawHeaders: ['Cookie', secret, 'Other', secret] } }),
    'as the id of a request': (logger, secret) =>
      logger.info({ req: { id: secret, method: secret, ip: secret } }),
    'bound to a child': (logger, secret) => logger.child({ note: secret, deep: [secret] }).warn('hello'),
    'by a child of other rules': (logger, secret) =>
      logger
        .child({}, { redact: [], serializers: { req: (req: unknown) => req }, msgPrefix: secret })
        .info({ req: [secret] }, 'm'),
    'by something that serialises itself': (logger, secret) =>
      logger.info({ a: { toJSON: () => ({ b: secret }) } }),
  };

  for (const [place, log] of Object.entries(places)) {
    test(place, () => {
      fc.assert(
        fc.property(token, text, text, (secret, before, after) => {
          assertAbsent(
            written((logger) => log(logger, secret)),
            secret,
          );
          assertAbsent(
            written((logger) => log(logger, before + secret + after)),
            secret,
          );
        }),
        RUNS,
      );
    });
  }
});

describe('whatever is logged under a name that says so, the line contains no password', () => {
  const name = fc.constantFrom(
    ...['password', 'newPassword', 'password_confirmation', 'passwd', 'PASSWORD', 'passphrase', 'pwd'],
    ...['secret', 'client_secret', 'secretKey', 'WATCHWORD_SECRET', 'apiKey', 'x-api-key', 'privateKey'],
    ...['token', 'access_token', 'refreshToken', 'id-token', 'csrf-token', 'tokens', 'token_hash'],
    ...[
      'authorization',
      'Proxy-Authorization',
      'cookie',
      'Set-Cookie',
      'cookies',
      'credentials',
      'otp',
      'code_verifier',
    ],
  );
  // Marks at both ends make sure that no piece of it is left, and that it does not stand in the line by chance.
  const password = fc
    .oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', "'", '`', ' ', 'n', '+', '%', '[', '}') }),
    )
    .map((middle) => `Zq7!${middle}!Xk9`);

  const places: Record<
    string,
    (name: string, password: string) => (logger: ReturnType<typeof createLogger>) => void
  > = {
    'a member': (name, password) => (logger) => logger.info({ [name]: password }),
    'a member deep inside': (name, password) => (logger) => logger.info({ a: [{ b: { [name]: password } }] }),
    'everything below a member': (name, password) => (logger) =>
      logger.info({ [name]: [{ value: password }] }),
    'bound to a child': (name, password) => (logger) => logger.child({ [name]: password }).info('hello'),
    'a whole body': (name, password) => (logger) => logger.info({ body: { deep: { [name]: password } } }),
    'JSON as the message': (name, password) => (logger) =>
      logger.info(`got ${JSON.stringify({ [name]: password })}`),
    'JSON in JSON in an error': (name, password) => (logger) =>
      logger.error(new Error(JSON.stringify({ body: JSON.stringify({ a: 1, [name]: password, b: 2 }) }))),
    'JSON in a cause': (name, password) => (logger) =>
      logger.error({ err: new Error('outer', { cause: new Error(JSON.stringify({ [name]: password })) }) }),
    'inspected in a message': (name, password) => (logger) =>
      logger.info(inspect({ a: 1, [name]: password })),
    'a form': (name, password) => (logger) =>
      logger.info(String(new URLSearchParams({ a: '1', [name]: password, b: '2' }))),
    'the query of an address': (name, password) => (logger) =>
      logger.info({
        req: { url: `/a?${new URLSearchParams({ [name]: password })}` },
        msg: `/b?${new URLSearchParams({ [name]: password })}`,
      }),
    bytes: (name, password) => (logger) =>
      logger.info({
        a: Buffer.from(password),
        b: new TextEncoder().encode(password),
        c: { [name]: Buffer.from(password) },
      }),
  };

  for (const [place, log] of Object.entries(places)) {
    test(place, () => {
      fc.assert(
        fc.property(name, password, (name, password) => {
          const line = written(log(name, password));
          assert.doesNotMatch(line, /Zq7|Xk9|90,113,55/);
        }),
        RUNS,
      );
    });
  }
});

describe('what is no secret stays readable', () => {
  const id = fc.oneof(
    fc.uuid(),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom('ada@example.com', 'o.reilly+tag@mail.example.co.uk'),
    fc.integer(),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.boolean(),
    fc.constantFrom('/auth/refresh', 'refresh.rotated', 'token.revoked', 'Fastify 5.12.8', null),
  );
  const name = fc.constantFrom(
    'session_id',
    'sid',
    'jti',
    'kid',
    'subject',
    'event',
    'sequence',
    'code',
    'keyId',
    'token_id',
    'email',
  );

  test('ids, times, addresses and numbers', () => {
    fc.assert(
      fc.property(fc.dictionary(name, id), fc.array(id), (members, list) => {
        const logged = JSON.parse(written((logger) => logger.info({ members, list }, 'hello')));
        assert.deepEqual(logged.members, JSON.parse(JSON.stringify(members)));
        assert.deepEqual(logged.list, JSON.parse(JSON.stringify(list)));
        assert.equal(logged.msg, 'hello');
      }),
      RUNS,
    );
  });

  test('the short cut for lines without suspicion changes nothing that the long way would not', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const cut = JSON.parse(redactLine(`${JSON.stringify({ value })}\n`));
        const long = JSON.parse(redactLine(`${JSON.stringify({ value, note: 'a // b' })}\n`));
        assert.deepEqual(cut.value, long.value);
      }),
      RUNS,
    );
  });

  test('whether a secret was there may be seen', () => {
    const line = JSON.parse(
      written((logger) => logger.info({ a: { password: null, token: false, secret: 0 } })),
    );
    assert.deepEqual(line.a, { password: null, token: false, secret: '[redacted]' });
  });

  test('headers in a row lose the values that are credentials, whatever those look like', () => {
    const rawHeaders = ['Host', 'a.example', 'Cookie', 'opaque-1', 'X-Api-Key', 'opaque-2', 'Accept', '*/*'];
    const line = JSON.parse(written((logger) => logger.info({ a: { rawHeaders } })));
    const left = ['Host', 'a.example', 'Cookie', '[redacted]', 'X-Api-Key', '[redacted]', 'Accept', '*/*'];
    assert.deepEqual(line.a.rawHeaders, left);
    const whole = JSON.parse(
      written((logger) => logger.info({ headers: { a: 'b' }, body: 'c', rawHeaders })),
    );
    assert.deepEqual([whole.headers, whole.body, whole.rawHeaders], Array(3).fill('[redacted]'));
  });

  test('a private JWK keeps its public half', () => {
    const jwk = { kty: 'EC', crv: 'P-256', kid: 'a', x: 'b', y: 'c', d: 'private' };
    const line = JSON.parse(written((logger) => logger.info({ a: jwk })));
    assert.deepEqual(line.a, { ...jwk, d: '[redacted]' });
  });

  test('a member called __proto__ is a member', () => {
    const line = written((logger) =>
      logger.info({ a: JSON.parse('{"__proto__":{"token":"opaque-1"},"b":"//"}') }),
    );
    assert.match(line, /"a":\{"__proto__":\{"token":"\[redacted\]"\},"b":"\/\/"\}/);
  });
});

function written(act: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  act(createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }));
  assert.equal(lines.length, 1);
  return lines.join('');
}

function assertAbsent(line: string, secret: string): void {
  assert.ok(!line.includes(secret), `the secret ${secret} is in ${line}`);
  // The part that makes it valid is gone as well, not only the whole.
  const last = secret.split('.').at(-1) ?? '';
  if (last.length >= 12) assert.ok(!line.includes(last), `the end of ${secret} is in ${line}`);
}
