import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { play, watchword } from '../run-watchword.ts';
import { bareEnvironment, newInstallation, serve, signUp, WATCHWORD_ARGS } from '../server-process.ts';

/** A server that ran, and the way to write down what it would have heard of verifiers. */
async function installation(t: TestContext) {
  const { url, data, environment } = await newInstallation(t);
  const stop = await serve(t, environment);
  const { session, subject } = await signUp(url, 'ada@example.com');
  await stop();

  function hear(name: string, { sequence = 0, silentMs = 0 } = {}): void {
    const database = new DatabaseSync(join(data, 'watchword.db'), { timeout: 5000 });
    const epoch = database.prepare('SELECT lower(hex(epoch)) AS epoch FROM feed_head').get()?.['epoch'];
    const [instance, seenMs] = [Buffer.from(name).toString('hex').padStart(32, '0'), Date.now() - silentMs];
    database
      .prepare('INSERT OR REPLACE INTO verifiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run('billing', instance, name, '0.1.0', String(epoch), sequence, seenMs, seenMs, seenMs);
    database.close();
  }

  return { environment, session, subject, hear };
}

test('the feed and its verifiers are shown, and what is revoked says who knows it', async (t) => {
  const { environment, session, subject, hear } = await installation(t);
  await play(
    t,
    `
$ watchword feed status
$ watchword feed status --json
{"head":{"epoch":"‹32 hex›","sequence":0},"connections":0,"relay":null,"verifiers":[]}
$ watchword sessions revoke ${session} --wait
Ended ${session}.
No verifier follows the feed, so that there is nobody to wait for.
$ watchword sessions revoke ${session} --wait 2m
! error: option '--wait [time]' argument '2m' is invalid. Write milliseconds or seconds, at most 20s, such as 500ms or 2s.
! (--help shows the options, and examples)
→ 2
$ watchword sessions revoke ${session} --wait 21s
! error: option '--wait [time]' argument '21s' is invalid. Write milliseconds or seconds, at most 20s, such as 500ms or 2s.
! (--help shows the options, and examples)
→ 2
`,
    { environment },
  );
  hear('billing-1', { sequence: 9 });
  hear('billing-2', { sequence: 1 });
  hear('billing-3', { silentMs: 42_100 });
  await play(
    t,
    `
$ watchword feed status
billing-1	billing	0.1.0	current	0	‹…›Z
billing-2	billing	0.1.0	current	0	‹…›Z
billing-3	billing	0.1.0	silent	1	‹…›Z
→ 1
$ watchword subjects revoke ${subject} --yes --wait 100ms
Ended no live session of ${subject}.
Acknowledged by 1 of 3 verifiers, the last after 0 ms; billing-2 is 1 entry behind; billing-3 has not been heard of for ‹…› s: bounded by its staleness.
→ 1
$ watchword revoke-all --yes --json --wait 1ms
{"issuer":"‹…›","sequence":3,"live_sessions":0,"dry_run":false,"receipts":{"complete":false,"acknowledged":[{"client_id":"billing","instance":"‹32 hex›","name":"billing-1","ms":0}],"missing":[‹…›]}}
→ 1
`,
    { environment },
  );
  const keys = await watchword(['keys', 'list'], { environment });
  const [kid = ''] = keys.stdout.split('\t', 1);
  const killed = await watchword(['keys', 'compromise', kid, '--yes', '--wait', '1ms'], { environment });
  assert.match(killed.stdout, /is dead, and what it signed\.\nAcknowledged by 1 of 3 verifiers, /);
  assert.equal(killed.exitCode, 1);
});

test('a person sees a table, and how to attach the first verifier', async (t) => {
  const { environment, hear } = await installation(t);
  const status = () =>
    watchword(['feed', 'status'], { environment: { ...environment, NO_COLOR: '1' }, terminal: true });
  const empty = await status();
  assert.deepEqual([empty.stdout, empty.exitCode], ['', 0]);
  assert.equal(
    empty.stderr,
    'No verifier follows the feed. Attach one: watchword clients create --id billing --role verifier\n' +
      'The log stands at entry 0; 0 connected to this server.\n',
  );
  hear('billing-1');
  const { stdout, stderr, exitCode } = await status();
  assert.match(
    stdout,
    /^VERIFIER {3}CLIENT {3}VERSION {2}STATE {4}BEHIND {2}LAST HEARD\nbilling-1 {2}billing {2}0\.1\.0 {4}current {2}0 {7}(?:now|1 s ago)\n$/,
  );
  assert.deepEqual([stderr, exitCode], ['The log stands at entry 0; 0 connected to this server.\n', 0]);
});

test('with --watch it is shown again and again, as it is by then', async (t) => {
  const { environment, hear } = await installation(t);
  const child = spawn(process.execPath, [...WATCHWORD_ARGS, 'feed', 'status', '--watch', '--json'], {
    env: { ...bareEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const counts: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    counts.push(JSON.parse(line).verifiers.length);
    if (counts.length === 1) hear('billing-1');
    if (counts.length === 2) break;
  }
  assert.deepEqual(counts, [0, 1]);
});
