import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const COMMAND_LINE = fileURLToPath(new URL('../../../cli/bin/watchword.js', import.meta.url));
const PATIENCE_MS = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServerProcess {
  readonly pid: number;
  readonly output: { stdout: string; stderr: string };
  /** Resolves once it has said that it answers; rejects if it ends instead. */
  ready(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Waits until it has ended by itself. */
  ended(): Promise<Ended>;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Set by a shell before the server starts. */
  readonly umask?: string;
}

/** `watchword serve` as it is built, in a process of its own; killed at the end of the test if it still runs. */
export function startServe(t: TestContext, { args = [], ...options }: StartOptions): ServerProcess {
  const command = [process.execPath, COMMAND_LINE, 'serve', ...args];
  const wrapped =
    options.umask === undefined
      ? command
      : ['sh', '-c', `umask ${options.umask}; exec "$@"`, 'sh', ...command];
  const child = spawn(wrapped[0] ?? '', wrapped.slice(1), {
    env: { ...bareEnvironment(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return present(child, exited);
}

function present(child: ChildProcess, exited: Promise<unknown[]>): ServerProcess {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return {
    pid: child.pid ?? Number.NaN,
    output,
    signal: (name) => void child.kill(name),
    async ready() {
      while (!/answers at .*\n/.test(output.stdout)) {
        if (child.exitCode !== null || signal.aborted)
          throw new Error(`the server did not start: ${output.stderr}`);
        await pause(5);
      }
    },
    async ended() {
      await Promise.race([exited, pause(PATIENCE_MS, undefined, { ref: false })]);
      return { code: child.exitCode, ...output };
    },
  };
}

/** The environment of the test without anything that says something to a server. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const isOfServer = /^(?:WATCHWORD_(?!TEST_RUN$)|NODE_ENV$|NODE_TEST_CONTEXT$|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfServer.test(name)));
}

/** A port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-server-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Made anew each time: one that stands in a file under version control is refused. */
export const SECRET = randomBytes(32).toString('base64url');

/** Starts a server on a free port with data of its own, and waits until it answers. */
export async function startReady(t: TestContext, options: StartOptions = {}) {
  const port = await freePort();
  const folder = await temporaryFolder(t);
  const data = join(folder, 'data');
  const environment = {
    PORT: String(port),
    WATCHWORD_DATA: data,
    WATCHWORD_LOG_LEVEL: 'fatal',
    ...options.environment,
  };
  const server = startServe(t, { ...options, environment });
  await server.ready();
  return { server, port, folder, data, url: `http://localhost:${port}`, environment };
}
