import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bareEnvironment, freePort, temporaryFolder } from '../start/server-process.ts';
import type { Credentials, Holder, Memory, Question } from './load-server.ts';

const SCRIPT = fileURLToPath(new URL('load-server.ts', import.meta.url));
const CONNECTIONS = 200;
const isLong = process.env['WATCHWORD_LONG'] !== undefined;
const LOAD_MS = isLong ? 60_000 : 4000;
/** Code is compiled, caches fill, pools grow. */
const WARM_UP_MS = isLong ? 15_000 : 3000;
/** What is kept for each revoked session until its tokens are over is part of it. */
const MOST_GROWTH_MB = 24;
const PASSWORD = 'correct horse battery';

test('200 connections of mixed traffic: no error, and memory does not grow', async (t) => {
  const server = await startLoadServer(t);
  const holders = (await server.ask({ ask: 'sessions', count: CONNECTIONS })) as Holder[];
  const service = (await server.ask({ ask: 'client' })) as Credentials;
  const traffic = createTraffic(t, server.port, service);
  await traffic.signUp();

  async function load(forMs: number): Promise<void> {
    const untilMs = performance.now() + forMs;
    await Promise.all(
      holders.map(async (holder, index) => {
        // Two of them sign in and are revoked, which costs a password hash each time.
        const act = index < 2 ? traffic.comeAndGo : traffic.stay;
        for (let turn = index; performance.now() < untilMs; turn += 1) {
          holders[index] = await act(holders[index] ?? holder, turn);
        }
      }),
    );
  }

  await load(WARM_UP_MS);
  const before = (await server.ask({ ask: 'memory' })) as Memory;
  traffic.forget();
  const startedMs = performance.now();
  await load(LOAD_MS);
  const tookMs = performance.now() - startedMs;
  // Lets what was begun beside the answers come to its end.
  await pause(200);
  const after = (await server.ask({ ask: 'memory' })) as Memory;

  for (const line of traffic.report(tookMs)) t.diagnostic(line);
  const heap = after.heapMegabytes - before.heapMegabytes;
  const resident = after.residentMegabytes - before.residentMegabytes;
  t.diagnostic(
    `heap ${before.heapMegabytes.toFixed(1)} MB, then ${heap.toFixed(1)} MB more; resident ${before.residentMegabytes.toFixed(0)} MB, then ${resident.toFixed(1)} MB more`,
  );
  assert.deepEqual(traffic.errors.slice(0, 5), []);
  assert.ok(heap < MOST_GROWTH_MB, `the heap has grown by ${heap} MB`);
});

type Act = (holder: Holder, turn: number) => Promise<Holder>;

function createTraffic(t: TestContext, port: number, { id, secret }: Credentials) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  t.after(() => agent.destroy());
  const errors: string[] = [];
  const timesMs = new Map<string, number[]>();
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

  async function ask(method: string, path: string, expected: number, sent: Sent = {}): Promise<Answer> {
    const startedMs = performance.now();
    const answer = await exchange(agent, port, method, path, sent).catch((error: unknown) => ({
      status: 0,
      text: String(error),
    }));
    const key = `${method} ${path}`;
    const times = timesMs.get(key) ?? [];
    timesMs.set(key, times);
    times.push(performance.now() - startedMs);
    if (answer.status !== expected) errors.push(`${key}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  }

  const bearer = ({ accessToken }: Holder): Sent => ({ authorization: `Bearer ${accessToken}` });

  async function refresh(holder: Holder): Promise<Holder> {
    const json = { refresh_token: holder.refreshToken };
    return holderOf(await ask('POST', '/auth/refresh', 200, { json })) ?? holder;
  }

  async function introspect(holder: Holder): Promise<void> {
    const form = `token=${encodeURIComponent(holder.accessToken)}`;
    const { text } = await ask('POST', '/oauth/introspect', 200, { form, authorization: basic });
    if (!text.includes('"active":true')) errors.push(`a live token was called ${text}`);
  }

  const stay: Act = async (holder, turn) => {
    const kind = turn % 10;
    if (kind < 4) return refresh(holder);
    if (kind < 6) await ask('GET', '/auth/session', 200, bearer(holder));
    else if (kind < 7) await ask('GET', '/me', 200, bearer(holder));
    else if (kind < 8) await ask('GET', '/.well-known/jwks.json', 200);
    else if (kind < 9) await introspect(holder);
    else await ask('GET', '/healthz', 200);
    return holder;
  };

  const credentials = { email: 'ada@example.com', password: PASSWORD, delivery: 'body' };

  const comeAndGo: Act = async (holder) => {
    const signedIn = holderOf(await ask('POST', '/auth/sign-in', 200, { json: credentials }));
    if (signedIn === undefined) return holder;
    const form = `token=${encodeURIComponent(signedIn.refreshToken)}`;
    await ask('POST', '/oauth/revoke', 200, { form, authorization: basic });
    await ask('GET', '/auth/session', 401, bearer(signedIn));
    return holder;
  };

  return {
    errors,
    stay,
    comeAndGo,
    signUp: () => ask('POST', '/auth/sign-up', 201, { json: credentials }),
    forget: () => timesMs.clear(),
    report(tookMs: number): readonly string[] {
      const count = [...timesMs.values()].reduce((sum, { length }) => sum + length, 0);
      const lines = [...timesMs].map(([key, times]) => {
        const sorted = times.toSorted((one, other) => one - other);
        const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1);
        return `${key}: ${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
      });
      return [`${count} requests, ${Math.round((count / tookMs) * 1000)} a second`, ...lines];
    },
  };
}

function holderOf({ status, text }: Answer): Holder | undefined {
  if (status !== 200) return undefined;
  const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(text);
  return { accessToken, refreshToken };
}

interface Sent {
  readonly json?: object;
  readonly form?: string;
  readonly authorization?: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function exchange(agent: Agent, port: number, method: string, path: string, sent: Sent): Promise<Answer> {
  const { json, form, authorization } = sent;
  const body = json === undefined ? (form ?? '') : JSON.stringify(json);
  const headers = {
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(body !== '' && { 'content-length': body.length }),
    ...(authorization !== undefined && { authorization }),
  };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end(body);
  });
}

async function startLoadServer(t: TestContext) {
  const port = await freePort();
  const child = fork(SCRIPT, {
    env: {
      ...bareEnvironment(),
      HOST: '127.0.0.1',
      PORT: String(port),
      WATCHWORD_DATA: join(await temporaryFolder(t), 'data'),
      WATCHWORD_LOG_LEVEL: 'error',
    },
    execArgv: ['--conditions=watchword-source', '--no-warnings', '--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  assert.equal(await nextMessage(child), 'ready');
  return {
    port,
    async ask(question: Question): Promise<unknown> {
      const answer = nextMessage(child);
      child.send(question);
      return answer;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the server has ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
