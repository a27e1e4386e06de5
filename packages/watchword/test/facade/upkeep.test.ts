import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstallation } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';

const DAY_MS = 86_400_000;

test('what has expired is deleted within a minute, in small batches with pauses, and what lives stays', async (t) => {
  const installation = createInstallation(t);
  const times: number[] = [];
  const store = spiedStore(installation.factory, (call) => {
    if (call === 'sessions.deleteExpired') times.push(installation.clock.monotonicMs());
  });
  const { auth } = await installation.open({ store });
  const expired: string[] = [];
  for (let count = 0; count < 50; count += 1) {
    expired.push((await auth.sessions.start({ subject: 'ada', remember: false })).session.id);
  }
  const { session } = await auth.sessions.start({ subject: 'ada' });
  installation.later(DAY_MS + 900_001);
  await installation.pass(60_000);
  await installation.pass(200);
  const { sessions: rows } = await installation.store();
  for (const id of expired) assert.equal(await rows.find(id as typeof session.id), undefined);
  assert.ok(await rows.find(session.id));
  const first = times[0] ?? 0;
  assert.deepEqual(
    times.map((time) => time - first),
    [0, 40, 80],
  );
  await installation.pass(60_000);
  assert.equal(times.length, 4, 'and once a minute from then on');
});

test('a store that cannot delete now is asked again a minute later', async (t) => {
  const installation = createInstallation(t);
  let calls = 0;
  const store = spiedStore(installation.factory, (call) => {
    if (call !== 'sessions.deleteExpired') return;
    calls += 1;
    throw new Error('the store is away');
  });
  const { auth } = await installation.open({ store });
  await installation.pass(180_000);
  assert.equal(calls, 3);
  await auth.close();
  await installation.pass(180_000);
  assert.equal(calls, 3);
});
