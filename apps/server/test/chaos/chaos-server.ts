import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../../../../tools/test-servers/free-port.ts';
import { ask, type Answer } from '../processes/server-group.ts';
import { bareEnvironment } from '../start/server-process.ts';

const SCRIPT = new URL('server-child.ts', import.meta.url);
/** More than the server's own patience with its store. */
const PATIENCE_MS = 8000;

/** A server in a process of its own, which ends in any way and is started again on the same port. */
export interface ChaosServer {
  readonly port: number;
  readonly address: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Rejects where no answer came: then nobody knows what was done. */
  ask(method: string, path: string, more?: Parameters<typeof ask>[3]): Promise<Answer>;
  /** The same with the credential of the operator. */
  operate(method: string, path: string, body?: object): Promise<Answer>;
}

export async function createChaosServer(
  data: string,
  environment: Readonly<Record<string, string>>,
): Promise<ChaosServer> {
  const port = await findFreePort();
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();

  async function askIt(method: string, path: string, more: Parameters<typeof ask>[3] = {}): Promise<Answer> {
    const member = { port, data } as Parameters<typeof ask>[0];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer to ${method} ${path} within ${PATIENCE_MS} ms`)),
        PATIENCE_MS,
      );
    });
    try {
      return await Promise.race([ask(member, method, path, more), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    port,
    address: `http://127.0.0.1:${port}`,
    async start() {
      const started = fork(SCRIPT, {
        env: {
          ...bareEnvironment(),
          WATCHWORD_LOG_LEVEL: 'fatal',
          ...environment,
          PORT: String(port),
          HOST: '127.0.0.1',
          WATCHWORD_DATA: data,
        },
        execArgv: ['--conditions=watchword-source', '--no-warnings'],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      exited = once(started, 'exit');
      const [message] = (await Promise.race([once(started, 'message'), exited.then(() => [])])) as unknown[];
      if (message === undefined) throw new Error('a server has ended at its start');
      child = started;
    },
    async kill() {
      child?.kill('SIGKILL');
      await exited;
      child = undefined;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    ask: askIt,
    async operate(method, path, body) {
      // The file is that of the start before until it has said that it answers.
      if (child === undefined) throw new Error('the server does not run');
      const token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
      return askIt(method, `/admin/v1${path}`, { token, ...(body !== undefined && { body }) });
    },
  };
}
