import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from './run-watchword.ts';

const MAIN = new URL('../src/main.ts', import.meta.url).href;
const PATIENCE_MS = 30_000;

/** What Node is told to run `watchword` from source in a process of its own; the arguments of the command come after. */
export const WATCHWORD_ARGS = [
  '--conditions=watchword-source',
  '--no-warnings',
  '--input-type=module',
  '-e',
  `const { main } = await import(${JSON.stringify(MAIN)}); await main(['node', 'watchword', ...process.argv.slice(1)]);`,
  '--',
] as const;

/** The environment of the test without anything that says something to a server. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const isOfServer = /^(?:WATCHWORD_(?!TEST_RUN$)|NODE_ENV$|NODE_TEST_CONTEXT$|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfServer.test(name)));
}

export interface Installation {
  readonly data: string;
  readonly url: string;
  /** What servers and commands of this installation are told. */
  readonly environment: Readonly<Record<string, string>>;
}

/** An installation of which nothing exists yet. */
export async function newInstallation(t: TestContext): Promise<Installation> {
  const port = await freePort();
  const data = join(await temporaryFolder(t), 'data');
  const url = `http://localhost:${port}`;
  const environment = {
    PORT: String(port),
    WATCHWORD_DATA: data,
    WATCHWORD_ISSUER: url,
    WATCHWORD_LOG_LEVEL: 'fatal',
  };
  return { data, url, environment };
}

/** `watchword serve` from source in a process of its own; gives what stops it. It is killed at the end of the test. */
export async function serve(
  t: TestContext,
  environment: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [...WATCHWORD_ARGS, 'serve'], {
    env: { ...bareEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const exited = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (!/answers at .*\n/.test(output.stdout)) {
    if (child.exitCode !== null || signal.aborted) throw new Error(`no server: ${output.stderr}`);
    await pause(10);
  }
  return async () => {
    child.kill('SIGTERM');
    await exited;
  };
}

/** A port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface SignedIn {
  readonly subject: string;
  readonly session: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A new account, signed in, tokens in the body. */
export async function signUp(url: string, email: string): Promise<SignedIn> {
  const { status, json } = await post(`${url}/auth/sign-up`, {
    email,
    password: 'correct horse battery',
    delivery: 'body',
  });
  if (status !== 201) throw new Error(`sign-up was answered with ${status}: ${JSON.stringify(json)}`);
  return {
    subject: json.user.id,
    session: json.session.id,
    accessToken: json.access_token,
    refreshToken: json.refresh_token,
  };
}

export async function refresh(url: string, refreshToken: string) {
  return await post(`${url}/auth/refresh`, { refresh_token: refreshToken });
}

async function post(url: string, body: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
  return { status: response.status, json: (await response.json()) as any };
}
