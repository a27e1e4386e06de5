import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Watchword } from '../../src/facade/index.ts';
import { WatchwordError } from '../../src/errors/watchword-error.ts';
import { holdsAsync } from '../domain/support/property.ts';
import { createInstallation } from './support/installation.ts';

const value = fc.jsonValue({ maxDepth: 10 });
const claims = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 8 }).map((name) => `x${name}`),
  value,
  { maxKeys: 5, noNullPrototype: true },
);

/** Whatever an application puts into tokens: a token that is given out is one that is taken back. */
async function assertTaken(auth: Watchword, own: JsonObject): Promise<void> {
  const text = JSON.stringify(own);
  const custom = await auth.tokens
    .issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 60, claims: own })
    .catch(refusal);
  const session = await auth.sessions.start({ subject: 'ada', claims: own }).catch(refusal);
  const read = [
    custom === undefined ? undefined : auth.tokens.verify(custom, { typ: 'invitation+jwt' }),
    session === undefined ? undefined : auth.verify(session.accessToken),
  ];
  for (const token of read) {
    if (token === undefined) continue;
    const seen = Object.fromEntries(Object.keys(own).map((name) => [name, token.claims[name]]));
    assert.equal(JSON.stringify(seen), text);
  }
}

function refusal(error: unknown): undefined {
  assert.ok(error instanceof WatchwordError, `not an error of the library: ${String(error)}`);
}

test('any claims are either refused by the library’s own error or come back as they were', async (t) => {
  const { auth } = await createInstallation(t).open();
  await holdsAsync(
    fc.asyncProperty(claims, (own) => assertTaken(auth, own as JsonObject)),
    200,
  );
});

describe('claims of an awkward kind', () => {
  const deep = (depth: number): JsonObject => (depth === 0 ? {} : { a: deep(depth - 1) });
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const awkward: Readonly<Record<string, () => unknown>> = {
    'seven deep': () => deep(7),
    'eight deep': () => deep(8),
    'fifty deep': () => deep(50),
    '__proto__ inside': () => JSON.parse('{"a":{"__proto__":1}}'),
    'half a surrogate pair': () => ({ a: '\ud800' }),
    'too large': () => ({ a: 'x'.repeat(9000) }),
    'a number that JSON has not': () => ({ a: Number.NaN, b: Infinity }),
    'a BigInt': () => ({ a: 10n }),
    'a function': () => ({ a: () => 1 }),
    'a date': () => ({ a: new Date(0) }),
    'a map': () => ({ a: new Map([[1, 2]]) }),
    circular: () => circular,
    'its own toJSON': () => ({ toJSON: () => ({ sub: 'root' }) }),
  };
  for (const [name, make] of Object.entries(awkward)) {
    for (const way of ['claims of a session', 'a custom token', 'the hook'] as const) {
      test(`${name}, as ${way}: a token that is given out is one that is taken back`, async (t) => {
        const own = make() as JsonObject;
        const { auth } = await createInstallation(t).open(way === 'the hook' ? { claims: () => own } : {});
        if (way === 'a custom token') {
          const token = await auth.tokens
            .issue({ typ: 'a+jwt', subject: 'ada', ttlSeconds: 60, claims: own })
            .catch(refusal);
          if (token !== undefined) assert.equal(auth.tokens.verify(token, { typ: 'a+jwt' }).subject, 'ada');
          return;
        }
        const input = way === 'the hook' ? { subject: 'ada' } : { subject: 'ada', claims: own };
        const started = await auth.sessions.start(input).catch(refusal);
        if (started !== undefined) assert.equal(auth.verify(started.accessToken).subject, 'ada');
      });
    }
  }
});
