import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createWatchword } from '../../src/facade/index.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { startChild, type Child } from '../stores/child-process.ts';
import type { Noting } from '../stores/children/receipt-noter.ts';
import { createTemporaryFolder } from '../stores/temporary-folder.ts';
import { ISSUER } from './support/installation.ts';

/** One process that revokes, and two that hear of verifiers. */
async function processes(t: TestContext) {
  const folder = createTemporaryFolder();
  const path = join(folder.path, 'watchword.db');
  const secret = randomBytes(32).toString('hex');
  const auth = await createWatchword({ issuer: ISSUER, store: sqlite(path), secret });
  const noters = [startChild('receipt-noter.ts', [path]), startChild('receipt-noter.ts', [path])] as const;
  t.after(async () => {
    await Promise.all(noters.map((noter) => noter.kill()));
    await auth.close();
    folder.remove();
  });
  await Promise.all(noters.map((noter) => noter.hear()));
  return { auth, noters };
}

function ask(noter: Child, noting: Noting): Promise<{ readonly sequence: number }> {
  return noter.ask(noting);
}

test('receipts that other processes hear are seen by who waits, on one SQLite file', async (t) => {
  const { auth, noters } = await processes(t);
  const [first, second] = noters;
  await Promise.all([
    ask(first, { from: 0, count: 3, atSequence: 0 }),
    ask(second, { from: 3, count: 3, atSequence: 0 }),
  ]);
  for (let sequence = 1; sequence <= 3; sequence += 1) {
    const noting = [
      ask(first, { from: 0, count: 3, atSequence: sequence }),
      ask(second, { from: 3, count: 3, atSequence: sequence }),
    ];
    const { receipts } = await auth.revoke.all({ wait: '10s' });
    await Promise.all(noting);
    assert.equal(receipts?.complete, true);
    assert.deepEqual(receipts.acknowledged.map(({ name }) => name).toSorted(), [
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
    assert.ok(receipts.acknowledged.every(({ ms }) => ms >= 0 && ms < 10_000));
  }
  const noting = ask(first, { from: 0, count: 3, atSequence: 4 });
  const { receipts } = await auth.revoke.all({ wait: '1s' });
  await noting;
  assert.equal(receipts?.complete, false);
  assert.deepEqual(receipts.acknowledged.map(({ name }) => name).toSorted(), ['0', '1', '2']);
  assert.deepEqual(
    receipts.missing.map(({ name, behind }) => [name, behind]),
    [
      ['3', 1],
      ['4', 1],
      ['5', 1],
    ],
  );
  const { verifiers } = await auth.feed.status();
  assert.deepEqual(
    verifiers.map(({ name, state }) => [name, state]),
    ['0', '1', '2', '3', '4', '5'].map((name) => [name, Number(name) < 3 ? 'current' : 'behind']),
  );
});

test('receipts that come without end do not keep sessions from starting and being refreshed', async (t) => {
  const { auth, noters } = await processes(t);
  const [first] = noters;
  let isOver = false;
  const flood = (async () => {
    while (!isOver) await ask(first, { from: 0, count: 200, atSequence: 0 });
  })();
  const sessions = await Promise.all(
    Array.from({ length: 50 }, (_, index) => auth.sessions.start({ subject: `user-${index}` })),
  );
  for (const { refreshToken } of sessions) await auth.sessions.refresh(refreshToken);
  isOver = true;
  await flood;
  assert.equal((await auth.feed.status()).verifiers.length, 200);
});
