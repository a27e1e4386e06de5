import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, watchword } from '../run-watchword.ts';
import { newInstallation, refresh, serve, signUp } from '../server-process.ts';

test('backed up under load, restored: sessions of before go on, those ahead get 503 until it is accepted', async (t) => {
  const { url, data, environment } = await newInstallation(t);
  let stop = await serve(t, environment);
  const ada = await signUp(url, 'ada@example.com');
  const bob = await signUp(url, 'bob@example.com');
  const backup = join(await temporaryFolder(t), 'backup.db');

  let isWriting = true;
  const writers = await Promise.all([1, 2, 3].map((writer) => signUp(url, `writer${writer}@example.com`)));
  const load = Promise.all(
    writers.map(async (signedIn) => {
      let { refreshToken } = signedIn;
      let count = 0;
      while (isWriting) {
        const { status, json } = await refresh(url, refreshToken);
        assert.equal(status, 200);
        refreshToken = json.refresh_token;
        count += 1;
      }
      return count;
    }),
  );
  const made = await watchword(['backup', backup, '--json'], { environment });
  assert.deepEqual([made.stderr, made.exitCode], ['', 0]);
  assert.equal((JSON.parse(made.stdout) as { file: string }).file, backup);
  // Bob's client goes on after the backup was taken: twice, so that it is ahead by more than a lost answer.
  let { refreshToken: ahead } = bob;
  for (let count = 0; count < 2; count += 1) ahead = (await refresh(url, ahead)).json.refresh_token;
  isWriting = false;
  assert.ok((await load).every((count) => count > 0));
  const carol = await signUp(url, 'carol@example.com');

  const beside = await watchword(['restore', backup], { environment });
  assert.deepEqual([beside.stdout, beside.exitCode], ['', 2]);
  assert.match(beside.stderr, /^A server runs on .* \(process \d+\)\. Stop it first/);
  await stop();

  const restored = await watchword(['restore', backup], { environment });
  assert.deepEqual([restored.stderr, restored.exitCode], ['', 0]);
  assert.match(restored.stdout, /^Restored .*backup\.db \(version \d+\)\.\nThe database of before is kept: /);
  assert.match(restored.stdout, /Wait 40 seconds[^]*watchword store accept-restore --yes/);
  const kept = (await readdir(data)).filter((name) => /^watchword\.db\.before-restore-[\dTZ-]+$/.test(name));
  assert.equal(kept.length, 1);

  stop = await serve(t, environment);
  assert.equal((await refresh(url, ada.refreshToken)).status, 200, 'whoever was idle goes on');
  const refused = await refresh(url, ahead);
  assert.deepEqual([refused.status, refused.json.code], [503, 'ERR_STORE_ROLLED_BACK']);
  const accepted = await watchword(['store', 'accept-restore', '--yes'], { environment });
  assert.equal(accepted.exitCode, 0);
  assert.equal((await refresh(url, ahead)).status, 200, 'whoever is ahead goes on once it is accepted');
  assert.equal((await refresh(url, carol.refreshToken)).status, 401, 'sessions of after the backup are lost');
  await stop();

  const back = await watchword(['restore', join(data, kept[0] ?? ''), '--json'], { environment });
  const { kept_as: again } = JSON.parse(back.stdout) as { kept_as: string };
  assert.ok(existsSync(again));
  await serve(t, environment);
  assert.equal((await refresh(url, carol.refreshToken)).status, 200, 'the kept database is whole');
});

test('what can be put right is one sentence', async (t) => {
  const folder = await temporaryFolder(t);
  const data = join(folder, 'data');
  const text = join(folder, 'text');
  await writeFile(text, 'no database '.repeat(100));
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['backup', join(folder, 'x'), '--data', data], /^There is no database at ".*watchword\.db"/],
    [['restore', join(folder, 'none'), '--data', data], /^There is no file ".*none"/],
    [['restore', text, '--data', data], /^The file ".*text" is not a database\.\n$/],
  ];
  for (const [args, sentence] of cases) {
    const { stdout, stderr, exitCode } = await watchword(args);
    assert.deepEqual([stdout, exitCode], ['', 2], args.join(' '));
    assert.match(stderr, sentence);
  }
});

test('a record of a server that died does not keep anybody from restoring', async (t) => {
  const folder = await temporaryFolder(t);
  const data = join(folder, 'data');
  const accept = ['store', 'accept-restore', '--data', data, '--yes'];
  assert.equal((await watchword(accept)).exitCode, 0);
  const backup = join(folder, 'backup.db');
  assert.equal((await watchword(['backup', backup, '--data', data])).exitCode, 0);
  for (const record of [{ address: 'http://localhost:1', pid: 2 ** 22 + 1 }, { pid: process.pid }, 'half']) {
    await writeFile(join(data, 'server.json'), JSON.stringify(record));
    const { stderr, exitCode } = await watchword(['restore', backup, '--data', data]);
    assert.deepEqual([stderr, exitCode], ['', 0], JSON.stringify(record));
  }
});
