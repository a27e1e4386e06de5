import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { describe, type TestContext } from 'node:test';
import { watchword } from './run-watchword.ts';

async function dataFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-cli-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

describe('watchword store accept-restore', () => {
  test('writes into the database until when, and says what it means', async (t) => {
    const data = await dataFolder(t);
    const before = Date.now();
    const args = ['store', 'accept-restore', '--for', '12h', '--data', data, '--yes'];
    const { stdout, stderr, exitCode } = await watchword(args);
    assert.deepEqual([exitCode, stderr], [0, '']);
    const [, until = ''] = /^Accepted until (\S+)\. What was revoked since the backup/.exec(stdout) ?? [];
    const database = new DatabaseSync(join(data, 'watchword.db'), { readOnly: true });
    const row = database.prepare('SELECT restore_accepted_until_ms AS until_ms FROM feed_head').get();
    database.close();
    assert.equal(row?.['until_ms'], Date.parse(until));
    const hours = (Date.parse(until) - before) / 3_600_000;
    assert.ok(hours >= 12 && hours < 12.1, `${hours} hours`);
  });

  test('as JSON; seven days are the default', async (t) => {
    const args = ['store', 'accept-restore', '--data', await dataFolder(t), '--yes', '--json'];
    const { stdout } = await watchword(args);
    const days =
      (Date.parse((JSON.parse(stdout) as { accepted_until: string }).accepted_until) - Date.now()) /
      86_400_000;
    assert.ok(days > 6.99 && days <= 7, `${days} days`);
  });

  test('does nothing unless told that it was read', async (t) => {
    const { stdout, stderr, exitCode } = await watchword([
      'store',
      'accept-restore',
      '--data',
      await dataFolder(t),
    ]);
    assert.deepEqual([stdout, exitCode], ['', 2]);
    assert.match(stderr, /^Read what it means \(--help\), then say --yes\.\n/);
  });

  for (const time of ['0m', '31d', '12x', 'soon', '-1h', '1.5h']) {
    test(`is not for ${time}`, async (t) => {
      const data = await dataFolder(t);
      const args = ['store', 'accept-restore', `--for=${time}`, '--data', data, '--yes'];
      const { stderr, exitCode } = await watchword(args);
      assert.equal(exitCode, 2);
      assert.match(stderr, /Write minutes, hours or days, from 1m to 30d, such as 12h\./);
    });
  }

  test('an environment that a server would refuse is one sentence', async (t) => {
    const args = ['store', 'accept-restore', '--data', await dataFolder(t), '--yes'];
    const { stderr, exitCode } = await watchword(args, { environment: { WATCHWORD_ROTATION: 'sometimes' } });
    assert.deepEqual([exitCode, stderr], [2, 'WATCHWORD_ROTATION has to be one of resilient, strict.\n']);
  });
});
