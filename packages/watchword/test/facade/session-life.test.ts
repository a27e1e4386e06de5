import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test('a session that is not remembered ends after a day, however busy it is', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const { session, ...tokens } = await auth.sessions.start({ subject: 'ada', remember: false });
  assert.equal(session.remembered, false);
  assert.equal(session.absoluteExpiresMs - session.startedMs, DAY_MS);
  assert.equal(session.idleExpiresMs, session.absoluteExpiresMs);
  let { refreshToken } = tokens;
  for (let hour = 0; hour < 23; hour += 1) {
    installation.later(HOUR_MS);
    const next = await auth.sessions.refresh(refreshToken);
    assert.equal(next.session.absoluteExpiresMs, session.absoluteExpiresMs);
    ({ refreshToken } = next);
  }
  installation.later(HOUR_MS);
  assert.equal((await rejection(auth.sessions.refresh(refreshToken))).code, 'ERR_REFRESH_INVALID');
});

test('sessions are remembered unless said otherwise, and both lives can be set', async (t) => {
  const { auth } = await createInstallation(t).open({
    idleTtlSeconds: 3600,
    absoluteTtlSeconds: 7200,
    unrememberedTtlSeconds: 1800,
  });
  const { session: long } = await auth.sessions.start({ subject: 'ada' });
  const { session: short } = await auth.sessions.start({ subject: 'ada', remember: false });
  assert.equal(long.remembered, true);
  assert.equal(long.idleExpiresMs - long.startedMs, HOUR_MS);
  assert.equal(long.absoluteExpiresMs - long.startedMs, 2 * HOUR_MS);
  assert.equal(short.idleExpiresMs - short.startedMs, HOUR_MS / 2);
  assert.equal(short.absoluteExpiresMs - short.startedMs, HOUR_MS / 2);
});

test('a session knows where its client was last: network and name, from the start and from each step', async (t) => {
  const installation = createInstallation(t);
  const { auth, events } = await installation.open();
  const first = await auth.sessions.start({ subject: 'ada', address: '203.0.113.7', userAgent: 'phone/1' });
  const placeOf = async () => {
    const session = await auth.sessions.get(first.session.id);
    return [session?.addressPrefix, session?.userAgent, session?.lastRefreshedMs];
  };
  assert.deepEqual(await placeOf(), ['203.0.113.0/24', 'phone/1', first.session.startedMs]);
  installation.later(HOUR_MS);
  const second = await auth.sessions.refresh(first.refreshToken);
  const { startedMs } = first.session;
  assert.deepEqual(await placeOf(), ['203.0.113.0/24', 'phone/1', startedMs + HOUR_MS]);
  installation.later(HOUR_MS);
  const elsewhere = { address: '2001:db8::1', userAgent: 'phone/2' };
  const third = await auth.sessions.refresh(second.refreshToken, elsewhere);
  assert.deepEqual(await placeOf(), ['2001:db8::/48', 'phone/2', startedMs + 2 * HOUR_MS]);
  assert.deepEqual(await auth.sessions.get(first.session.id), third.session);
  const moved = events.filter(({ type }) => type === 'session_moved');
  assert.deepEqual(
    moved.map((event) => event.type === 'session_moved' && [event.from, event.to]),
    [['203.0.113.0/24', '2001:db8::/48']],
  );
});

test('a session of which nothing is known says nothing', async (t) => {
  const { auth } = await createInstallation(t).open();
  const { session } = await auth.sessions.start({ subject: 'ada', address: 'unknown' });
  assert.equal('addressPrefix' in session || 'userAgent' in session, false);
});

test('who presents a refresh token is told what is wrong with the call', async (t) => {
  const { auth } = await createInstallation(t).open();
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  for (const options of [{ address: 7 }, { userAgent: null }, { addres: '::1' }]) {
    const refused = await rejection(auth.sessions.refresh(refreshToken, options as object));
    assert.equal(refused.code, 'ERR_OPTION');
  }
});
