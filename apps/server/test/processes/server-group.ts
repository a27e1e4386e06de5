import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bareEnvironment, freePort, temporaryFolder } from '../start/server-process.ts';
import type { LoopDelay } from './measured-server.ts';

const SCRIPT = fileURLToPath(new URL('measured-server.ts', import.meta.url));

export interface Member {
  readonly port: number;
  /** The folder of the database that all share, and what their tokens say as `iss`. */
  readonly data: string;
  readonly issuer: string;
  /** Begins the measurement of the event loop anew. */
  restart(): Promise<void>;
  /** The longest delays of the event loop since then. */
  longestDelay(): Promise<LoopDelay>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
  readonly json: any;
}

/** Several servers, each a process of its own, on one database: SQLite in one folder, or what the environment names. */
export async function startGroup(
  t: TestContext,
  size: number,
  environment: Record<string, string> = {},
  /** What only the first, the second, … is told. */
  own: readonly Record<string, string>[] = [],
): Promise<readonly Member[]> {
  const data = join(await temporaryFolder(t), 'data');
  const issuer = `http://localhost:${await freePort()}`;
  const members: Member[] = [];
  for (let count = 0; count < size; count += 1) {
    const port = await freePort();
    const all = {
      ...environment,
      ...own[count],
      PORT: String(port),
      HOST: '127.0.0.1',
      WATCHWORD_DATA: data,
      WATCHWORD_ISSUER: issuer,
    };
    const shared = { port, data, issuer };
    members.push(await startMember(t, shared, { WATCHWORD_LOG_LEVEL: 'fatal', ...all }));
  }
  return members;
}

async function startMember(
  t: TestContext,
  shared: Pick<Member, 'port' | 'data' | 'issuer'>,
  environment: Record<string, string>,
): Promise<Member> {
  const child = fork(SCRIPT, {
    env: { ...bareEnvironment(), ...environment },
    execArgv: ['--conditions=watchword-source', '--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await nextMessage(child);
  return {
    ...shared,
    restart: async () => void (await tell(child, 'restart')),
    longestDelay: () => tell(child, 'report'),
  };
}

function tell(child: ChildProcess, question: string): Promise<LoopDelay> {
  const answer = nextMessage(child);
  child.send(question);
  return answer;
}

function nextMessage(child: ChildProcess): Promise<LoopDelay> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('a server of the group has ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as LoopDelay);
    });
  });
}

/** Connections are kept, as clients keep them; `maxSockets` is what one of them opens to one server. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export function closeConnections(): void {
  agent.destroy();
}

/** `fetch` would cost the client more than the answer costs the server. */
export function ask(
  { port }: Member,
  method: string,
  path: string,
  { body, token, cookie }: { body?: object; token?: string; cookie?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': text.length }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      // As a page of the server's own.
      ...(cookie !== undefined && { cookie, 'sec-fetch-site': 'same-origin' }),
    };
    request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (chunk) => (received += chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          json: received === '' ? undefined : JSON.parse(received),
        }),
      );
    })
      .on('error', reject)
      .end(text);
  });
}
