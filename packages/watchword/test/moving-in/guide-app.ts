import { fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { jarOf, JSON_TYPE, jsonOf, OWN } from '../adapters/listening.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const world = new URL('guide-world.mjs', import.meta.url).href;

/** The programs of a guide, word for word: before and after. */
function programsOf(guide: string): readonly string[] {
  const text = readFileSync(join(root, 'docs/guides', `${guide}.md`), 'utf8');
  return [...text.matchAll(/^```js\n(import [^]*?)^```$/gm)].map(([, program = '']) => program);
}

export interface GuideApp {
  /** Signs Ada in; gives what her client sends from now on. */
  logIn(): Promise<Headers>;
  ask(method: 'GET' | 'POST', path: string, headers: Headers): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
  readonly body: any;
  readonly cookies: string;
}

/** A folder in which an app is replaced by its successor, which finds the database and the sessions of before. */
export function createMove(t: TestContext, guide: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'watchword-move-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const sessions = join(folder, 'sessions');
  mkdirSync(sessions);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = { alg: 'ES256', kid: 'old-1' };
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    JWT_SECRET: 'b2c4f0a96d1e8375fa0192c4d7be36855e0c9a7f1342d86ba5f0e7c1982d4b36',
    SESSION_SECRET: 'kT9vQ2xW7mB4pZ1sL8dF3hJ6nR0cY5gA',
    OLD_SESSIONS: sessions,
    OLD_JWK: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...names }),
    OLD_JWKS: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), ...names }] }),
  };

  async function start(name: string, program: string, until = ''): Promise<GuideApp> {
    const file = join(folder, name);
    writeFileSync(file, program);
    const execArgv = ['--no-warnings', '--conditions=watchword-source', `--import=${world}`];
    const child = fork(file, {
      cwd: folder,
      env: { ...env, OLD_TOKENS_UNTIL: until },
      execArgv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit');
    t.after(() => child.kill());
    const failed = ended.then(([code]) => Promise.reject(new Error(`the app of the guide ended: ${code}`)));
    const [url] = (await Promise.race([once(child, 'message'), failed])) as [string];
    failed.catch(() => undefined);
    return {
      ...clientOf(url),
      async stop() {
        child.kill();
        await ended;
      },
    };
  }

  const [before = '', after = ''] = programsOf(guide);
  return {
    sessions,
    /** `life` replaces the one that the guide gives its tokens. */
    startBefore: (life = '30d') => start('before.mjs', before.replaceAll("'30d'", `'${life}'`)),
    /** `until` is what the guide leaves to the environment. */
    startAfter: (until = inDays(30)) => start('after.mjs', after, until),
  };
}

const DAY_MS = 86_400_000;

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

function clientOf(url: string): Pick<GuideApp, 'logIn' | 'ask'> {
  async function ask(method: string, path: string, headers: Headers, body?: object): Promise<Answer> {
    const sent = new Headers(headers);
    if (method === 'POST')
      for (const [name, value] of Object.entries({ ...JSON_TYPE, origin: OWN })) sent.set(name, value);
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url + path, { method, headers: sent, ...text });
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      body: isJson ? await jsonOf(response) : undefined,
      cookies: jarOf(response),
    };
  }

  return {
    ask: (method, path, headers) => ask(method, path, headers),
    async logIn() {
      const { body, cookies } = await ask('POST', '/login', new Headers(), {
        name: 'Ada',
        password: 'correct horse',
      });
      return credential(body.token, cookies);
    },
  };
}

/** What a client sends that was given a token, or cookies. */
export function credential(token: string | undefined, cookies = ''): Headers {
  return new Headers(token === undefined ? { cookie: cookies } : { authorization: `Bearer ${token}` });
}
