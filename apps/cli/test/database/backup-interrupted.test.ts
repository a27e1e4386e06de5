import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { temporaryFolder, watchword } from '../run-watchword.ts';
import { bareEnvironment, WATCHWORD_ARGS } from '../server-process.ts';

/** A database that takes a while to copy. */
async function largeDatabase(t: TestContext): Promise<string> {
  const data = join(await temporaryFolder(t), 'data');
  assert.equal((await watchword(['migrate', '--data', data])).exitCode, 0);
  const database = new DatabaseSync(join(data, 'watchword.db'));
  const insert = database.prepare(
    'INSERT INTO accounts (id, email, email_key, created_ms, password_hash) VALUES (?, ?, ?, 0, ?)',
  );
  database.exec('BEGIN');
  for (let row = 0; row < 80; row += 1) insert.run(`${row}`, 'x', `${row}`, 'x'.repeat(1_000_000));
  database.exec('COMMIT');
  database.close();
  return data;
}

describe('a backup that does not come to its end', () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    test(`by ${signal} leaves no file under its name`, async (t) => {
      const data = await largeDatabase(t);
      const folder = await temporaryFolder(t);
      const file = join(folder, 'backup.db');
      const child = spawn(process.execPath, [...WATCHWORD_ARGS, 'backup', file, '--data', data], {
        env: bareEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (chunk) => (stderr += String(chunk)));
      const closed = once(child, 'close');
      while (readdirSync(folder).length === 0 && child.exitCode === null) await pause(1);
      child.kill(signal);
      const [code] = await closed;
      assert.ok(!existsSync(file));
      if (signal === 'SIGKILL') return;
      assert.deepEqual([code, stderr], [2, 'Stopped by SIGINT. Nothing was left behind.\n']);
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});

test('a reader that goes away is told nothing', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const args = [...WATCHWORD_ARGS, 'keygen', 'secret'].map(
    (arg) => `'${arg.replaceAll("'", String.raw`'\''`)}'`,
  );
  const script = `{ sleep 0.2; ${process.execPath} ${args.join(' ')}; echo "code $?" >&2; } | true`;
  const { stderr } = await promisify(execFile)('bash', ['-c', script], {
    env: { ...bareEnvironment(), WATCHWORD_DATA: data },
  });
  assert.equal(stderr, 'code 2\n');
});
