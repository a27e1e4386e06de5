import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import type { Answer, Question } from './serve.ts';

const PATIENCE_MS = 30_000;

export interface ServerOptions {
  readonly script: URL;
  readonly environment: Readonly<Record<string, string>>;
  /** Where its log lines go. */
  readonly log: string;
}

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  startSessions(count: number): Promise<readonly string[]>;
  /** The CPU time that its process has used so far, in all threads. */
  cpuMicroseconds(): Promise<number>;
  end(): Promise<void>;
}

export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  const { script, environment, log } = options;
  const port = await freePort();
  const logFile = openSync(log, 'a', 0o600);
  const child = fork(script, {
    env: { ...bareEnvironment(), NODE_ENV: 'production', PORT: String(port), ...environment },
    execArgv: ['--conditions=watchword-source'],
    stdio: ['ignore', 'ignore', logFile, 'ipc'],
  });
  closeSync(logFile);
  const exited = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);

  async function end(): Promise<void> {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, PATIENCE_MS);
    await exited;
    clearTimeout(timer);
    process.off('exit', kill);
  }

  try {
    await nextAnswer(child, 'ready', log);
  } catch (error) {
    kill();
    throw error;
  }
  return {
    port,
    end,
    async startSessions(count) {
      const { credentials } = await ask(child, { ask: 'sessions', count }, 'sessions', log);
      return credentials;
    },
    async cpuMicroseconds() {
      const { microseconds } = await ask(child, { ask: 'cpu' }, 'cpu', log);
      return microseconds;
    },
  };
}

function ask<Kind extends Answer['kind']>(child: ChildProcess, question: Question, kind: Kind, log: string) {
  const answer = nextAnswer(child, kind, log);
  child.send(question);
  return answer;
}

type AnswerOf<Kind extends Answer['kind']> = Extract<Answer, { readonly kind: Kind }>;

function nextAnswer<Kind extends Answer['kind']>(
  child: ChildProcess,
  kind: Kind,
  log: string,
): Promise<AnswerOf<Kind>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('did not answer'), PATIENCE_MS);
    const onExit = () => fail('has ended');
    const onMessage = (message: unknown) => {
      stopListening();
      const answer = message as Answer;
      if (answer.kind === kind) resolve(answer as AnswerOf<Kind>);
      else reject(new Error(`the server answered ${answer.kind} in place of ${kind}`));
    };
    function stopListening(): void {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.off('message', onMessage);
    }
    function fail(what: string): void {
      stopListening();
      reject(
        new Error(
          `${child.spawnargs.at(-1)} ${what}; its log ends:\n${readFileSync(log, 'utf8').slice(-2000)}`,
        ),
      );
    }
    child.once('exit', onExit);
    child.once('message', onMessage);
  });
}

/** Without what would say something to a server, so that every run is the same. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const isSetting = /^(?:WATCHWORD_|NODE_ENV$|NODE_OPTIONS$|DEBUG$|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting.test(name)));
}

/** A port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
