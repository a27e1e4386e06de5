import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionId } from '../../src/domain/ids.ts';
import { sessionStatus, type Session } from '../../src/domain/session.ts';
import { epochMs, numericDate } from '../../src/domain/time.ts';

const T = 1_767_225_600_000;

function session(idle: number, absolute: number, overrides: Partial<Session> = {}): Session {
  const startedMs = epochMs(T);
  return {
    id: createSessionId(startedMs, new Uint8Array(10)),
    subject: 'ada',
    clientId: 'app',
    delivery: 'body',
    remembered: true,
    audience: ['https://app.example'],
    scope: [],
    amr: [],
    claims: {},
    authenticatedMs: startedMs,
    startedMs,
    lastRefreshedMs: startedMs,
    idleExpiresMs: epochMs(T + idle),
    absoluteExpiresMs: epochMs(T + absolute),
    ...overrides,
  };
}

test('a session is live until the earlier of its two expiries, which no longer belongs to it', () => {
  for (const [idle, absolute] of [
    [100, 200],
    [200, 100],
    [100, 100],
  ] as const) {
    assert.equal(sessionStatus(session(idle, absolute), epochMs(T + 99)), 'live');
    assert.equal(sessionStatus(session(idle, absolute), epochMs(T + 100)), 'expired');
  }
});

test('one that was ended is ended before and after its expiry', () => {
  const ended = session(100, 200, { ended: { atMs: epochMs(T + 5), reason: 'signed_out' } });
  for (const at of [0, 99, 100, 200]) assert.equal(sessionStatus(ended, epochMs(T + at)), 'ended');
});

test('a NumericDate is the second in which a time lies, also before 1970', () => {
  assert.equal(numericDate(epochMs(1999)), 1);
  assert.equal(numericDate(epochMs(2000)), 2);
  assert.equal(numericDate(epochMs(-1)), -1);
  assert.equal(epochMs(12.9), 12);
});
