import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { startChild } from '../stores/child-process.ts';
import type { Result } from './children/worker.ts';
import { only, refresh, startWorkers, tokensOf, type Worker } from './workers.ts';

const RACE_WINDOW_MS = 0;
/** `prlimit` is part of util-linux, which Debian always has. */
const limit = (bytes: string): string[] => ['prlimit', `--fsize=${bytes}:unlimited`];

interface Clients {
  readonly body: string;
  readonly session: string;
  readonly accessToken: string;
  readonly jar: string;
}

async function signIn(worker: Worker): Promise<Clients> {
  const { refreshToken, accessToken, session } = tokensOf(
    only(await worker.do({ task: 'start', subject: 'ada' })),
  );
  const { jar = '' } = only(await worker.do({ task: 'cookies', subject: 'bob' }));
  assert.match(jar, /__Host-ww_rt=/);
  return { body: refreshToken, session: session.id, accessToken, jar };
}

function headersOf({ answer }: Result, name: string): readonly string[] {
  assert.ok(answer);
  return answer.headers.filter(([each]) => each === name).map(([, value]) => value);
}

async function refreshOverHttp(worker: Worker, { body, jar }: Clients): Promise<readonly Result[]> {
  const path = '/auth/refresh';
  const { results } = await worker.do(
    { task: 'ask', path, jar, body: '' },
    { task: 'ask', path, body: JSON.stringify({ refresh_token: body }) },
  );
  return results;
}

/** Whoever asks to write is told to come back; whoever reads is answered; nobody is signed out. */
async function assertUnavailable(worker: Worker, clients: Clients): Promise<void> {
  const refused = only(await worker.do(refresh(clients.body)));
  assert.equal(refused.code, 'ERR_STORE_UNAVAILABLE', refused.detail);
  for (const result of await refreshOverHttp(worker, clients)) {
    const { status, body } = result.answer ?? assert.fail(result.code);
    assert.deepEqual([status, JSON.parse(body).code], [503, 'ERR_STORE_UNAVAILABLE'], body);
    assert.match(headersOf(result, 'retry-after').join(), /^\d+$/);
    assert.deepEqual(headersOf(result, 'set-cookie'), []);
  }
  const revoked = only(await worker.do({ task: 'revoke', kind: 'session', id: clients.session }));
  assert.equal(revoked.code, 'ERR_STORE_UNAVAILABLE');
  const told = await worker.do({ task: 'verify', token: clients.accessToken });
  assert.equal(only(told).generation, 1, 'what was not revoked is good');
  const session = only(await worker.do({ task: 'ask', path: '/auth/session', jar: clients.jar }));
  assert.equal(session.answer?.status, 200);
  for (const type of ['session_ended', 'refresh_reused', 'refresh_rotated', 'revocation_recorded'] as const) {
    assert.ok(!told.events.includes(type), type);
  }
}

/** The same tokens are exchanged, as if nothing had been. */
async function assertBack(worker: Worker, clients: Clients): Promise<void> {
  assert.equal(only(await worker.do({ task: 'ready' })).ready, true);
  const [cookies, body] = await refreshOverHttp(worker, clients);
  assert.ok(cookies !== undefined && body !== undefined);
  assert.equal(cookies.answer?.status, 200, cookies.answer?.body);
  const names = headersOf(cookies, 'set-cookie').map((cookie) => /^__Host-ww_(\w+)=[^;]/.exec(cookie)?.[1]);
  assert.deepEqual(names.toSorted(), ['at', 'csrf', 'rt']);
  const { refresh_token: newest, session } = JSON.parse(body.answer?.body ?? '');
  assert.equal(session.generation, 2, 'no refused refresh had rotated');
  const { refreshToken, session: same } = tokensOf(only(await worker.do(refresh(newest))));
  assert.notEqual(refreshToken, newest);
  assert.equal(same.id, clients.session);
  assert.equal(
    only(await worker.do({ task: 'revoke', kind: 'session', id: clients.session })).code,
    undefined,
  );
  assert.equal(only(await worker.do(refresh(refreshToken))).detail, 'ended');
}

async function open(t: TestContext, wrap: readonly string[] = []) {
  const workers = await startWorkers(t, 1, { raceWindowMs: RACE_WINDOW_MS, wrap });
  return { path: workers.path, worker: workers.all[0] ?? assert.fail() };
}

function setLimit({ pid }: Worker, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
}

test('disk full: 503 with Retry-After and without Set-Cookie, nobody is signed out, and space brings it back', async (t) => {
  const { worker } = await open(t, limit('600000'));
  const clients = await signIn(worker);
  // Until neither a new session nor a step of an old one finds room.
  let failures = 0;
  let filler = '';
  for (let count = 0; count < 2000 && failures < 6; count += 1) {
    const { tokens, code } = only(
      await worker.do(filler === '' ? { task: 'start', subject: 'eve' } : refresh(filler)),
    );
    filler = tokens?.refreshToken ?? filler;
    if (tokens !== undefined) continue;
    assert.equal(code, 'ERR_STORE_UNAVAILABLE');
    failures += 1;
  }
  assert.equal(failures, 6, 'the disk is full');
  await assertUnavailable(worker, clients);
  await assertUnavailable(worker, clients);
  setLimit(worker, 'unlimited');
  await assertBack(worker, clients);
});

test('read-only disk: the same, when no write of this process to any file succeeds', async (t) => {
  const { worker } = await open(t);
  const clients = await signIn(worker);
  for (let time = 0; time < 2; time += 1) {
    // No remount is needed: with a largest file size of 0 every write to every file fails.
    setLimit(worker, '0');
    await assertUnavailable(worker, clients);
    setLimit(worker, 'unlimited');
    assert.equal(only(await worker.do({ task: 'ready' })).ready, true);
  }
  await assertBack(worker, clients);
});

test('another process holds the database for longer than anybody waits: the same', async (t) => {
  const { path, worker } = await open(t);
  const clients = await signIn(worker);
  const holder = startChild('lock-holder.ts', [path]);
  t.after(() => holder.kill());
  await holder.hear();
  // For as long as it takes: it is ended when all has been seen.
  await holder.ask(600_000);
  const { results } = await worker.do(
    refresh(clients.body),
    { task: 'revoke', kind: 'subject', id: 'ada' },
    { task: 'ask', path: '/auth/refresh', jar: clients.jar, body: '' },
    { task: 'ready' },
  );
  const [refreshed, revoked, cookies, ready] = results;
  assert.equal(refreshed?.code, 'ERR_STORE_UNAVAILABLE');
  assert.equal(revoked?.code, 'ERR_STORE_UNAVAILABLE');
  assert.equal(cookies?.answer?.status, 503);
  assert.match(headersOf(cookies, 'retry-after').join(), /^\d+$/);
  assert.deepEqual(headersOf(cookies, 'set-cookie'), []);
  assert.equal(ready?.ready, false);
  await holder.kill();
  await assertBack(worker, clients);
});

test('a process whose disk takes no writes is not ready', async (t) => {
  const { worker } = await open(t);
  setLimit(worker, '0');
  assert.equal(only(await worker.do({ task: 'ready' })).ready, false);
});
