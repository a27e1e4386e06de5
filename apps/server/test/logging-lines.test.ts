import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createLogger } from '../src/logging/create-logger.ts';
import { describeError } from '../src/logging/describe-error.ts';
import { redactLine } from '../src/logging/redact-line.ts';
import { propertyRuns } from './property-runs.ts';

describe('one call makes one line, and what is logged cannot make another', () => {
  const FORGED = '{"level":"error","msg":"forged"}';
  const ATTEMPTS = {
    'a line feed': `a\n${FORGED}`,
    'a carriage return': `a\r${FORGED}`,
    both: `a\r\n${FORGED}\r\n`,
    'a line separator': `a\u2028${FORGED}\u2029`,
    'a next line': `a\u0085${FORGED}`,
    'vertical tab and form feed': `a\v${FORGED}\f`,
    'the end of the string and of the object': `a"}\n${FORGED}`,
    'a backslash at the end': 'a\\',
    NUL: 'a\0b',
    'lone surrogates': 'a\ud800b\udc00',
  };

  for (const [name, text] of Object.entries(ATTEMPTS)) {
    test(name, () => {
      const line = written((logger) => logger.child({ [text]: text }).info({ a: { [text]: text } }, text));
      assert.equal(line.split(/[\n\r\u0085\u2028\u2029\v\f]/).length, 2);
      assert.ok(line.endsWith('}\n'));
      const parsed = JSON.parse(line);
      assert.equal(parsed.level, 'info');
      assert.equal(parsed.msg, text);
      assert.equal(parsed.a[text], text);
    });
  }

  test('any text whatever', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, text) => {
        const line = written((logger) =>
          logger.info({ req: { id: text, url: text }, a: { [name]: text } }, text),
        );
        assert.match(line, /^[^\p{Cc}\u2028\u2029]*\n$/u);
        assert.equal(JSON.parse(line).level, 'info');
      }),
      propertyRuns(500, 10_000),
    );
  });
});

test('nothing in a line moves the cursor of a terminal, hides text or turns it around', () => {
  const invisible = '\u001b[2J\u001b]0;title\u0007\u009b31m\u007f\u202e\u2066\u200b\u200f\ufeff\b';
  const line = written((logger) => logger.info({ a: invisible }, invisible));
  assert.match(line, /^[\x20-\x7e]*\n$/);
  assert.equal(JSON.parse(line).msg, invisible);
});

test('other languages stay as they are written', () => {
  const text = 'Grüße, κόσμε, 世界, 👩‍🚀'.replaceAll('\u200d', '');
  assert.ok(written((logger) => logger.info(text)).includes(text));
});

test('a line that cannot be checked is left out, and says so', () => {
  const line = redactLine('{"password": hunter2');
  assert.deepEqual(JSON.parse(line), {
    level: 'error',
    msg: 'A line of the log could not be checked for secrets and was left out.',
  });
});

test('what is nested absurdly deep is cut, and costs nothing else', () => {
  const depth = 100_000;
  const line = redactLine(`{"note":"//","a":${'['.repeat(depth)}${']'.repeat(depth)},"b":1}\n`);
  assert.match(line, /\["\[too deep\]"\]+,"b":1\}\n$/);
  const circular: Record<string, unknown> = { token: 'opaque-1', big: 1n };
  circular['self'] = circular;
  assert.ok(!written((logger) => logger.info({ circular })).includes('opaque-1'));
});

describe('an error is described', () => {
  test('with its type, code, detail, stack and causes, and nothing else that hangs on it', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      port: 5432,
      detail: 'Key (email)=(ada@example.com) already exists.',
    });
    const error = Object.assign(new TypeError('The store does not answer', { cause }), {
      code: 'ERR_STORE_UNAVAILABLE',
      detail: 'after 3 attempts',
      parameters: ['private'],
    });
    const logged = JSON.parse(written((logger) => logger.error({ err: error }, 'refused')));
    assert.equal(logged.msg, 'refused');
    assert.equal(logged.err.type, 'TypeError');
    assert.equal(logged.err.message, 'The store does not answer');
    assert.equal(logged.err.code, 'ERR_STORE_UNAVAILABLE');
    assert.equal(logged.err.detail, 'after 3 attempts');
    assert.match(
      logged.err.stack,
      /^TypeError: The store does not answer\n +at .*logging-lines\.test\.ts:\d+/,
    );
    assert.equal(logged.err.cause.message, 'connect ECONNREFUSED');
    assert.equal(logged.err.cause.port, 5432);
    assert.equal('detail' in logged.err.cause, false);
    assert.equal('parameters' in logged.err, false);
  });

  test('whatever was thrown: frozen, circular, throwing, or no error at all', () => {
    const circular = new Error('circular');
    circular.cause = circular;
    const hostile = Object.defineProperty(new Error('hostile'), 'stack', {
      get: () => {
        throw new Error('no stack for you');
      },
    });
    for (const thrown of [
      Object.freeze(new Error('frozen')),
      circular,
      hostile,
      'text',
      42,
      null,
      { code: 1 },
    ]) {
      const line = JSON.parse(written((logger) => logger.error({ err: thrown }, 'refused')));
      assert.equal(line.msg, 'refused');
    }
    assert.equal(describeError('text'), 'text');
    assert.deepEqual(describeError(hostile), { type: 'Error', message: 'hostile' });
  });

  test('and is not changed by it', () => {
    const error = new Error('refused');
    const before = Reflect.ownKeys(error);
    written((logger) => logger.error(error));
    assert.deepEqual(Reflect.ownKeys(error), before);
  });
});

function written(act: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  act(createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }));
  assert.equal(lines.length, 1);
  return lines.join('');
}
