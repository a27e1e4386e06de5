import { request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createWatchword, type Watchword } from 'watchword';
import { memory } from 'watchword/memory';
import { buildApp } from '../../src/build-app.ts';
import { logEvents } from '../../src/log-events.ts';
import { createLogger } from '../../src/logging/create-logger.ts';
import { readNetworks } from '../../src/proxy/read-networks.ts';

/** Addresses of the loopback that the tests send from: the first is a trusted proxy's, the other is not. */
export const PROXY = '127.0.0.1';
export const STRANGER = '127.0.0.2';

export interface LogLine {
  readonly reqId?: string;
  readonly msg: string;
  readonly event?: string;
  readonly req?: { readonly remoteAddress?: string; readonly path?: string };
}

export interface ServerBehind {
  readonly port: number;
  readonly auth: Watchword;
  readonly lines: LogLine[];
}

/** The server, on all of the loopback, with one trusted proxy, and everything that it logs. */
export async function startBehind(
  t: TestContext,
  { issuer = 'https://app.example', proxies = PROXY } = {},
): Promise<ServerBehind> {
  const auth = await createWatchword({ issuer, store: memory(), accounts: true, algorithm: 'ES256' });
  t.after(() => auth.close());
  const lines: LogLine[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const logger = createLogger({ level: 'debug', destination: { write } });
  logEvents(auth, logger);
  const app = await buildApp(auth, logger, issuer, readNetworks(proxies));
  await app.listen({ host: '0.0.0.0', port: 0 });
  t.after(() => app.close());
  return { port: (app.server.address() as AddressInfo).port, auth, lines };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
  readonly json: any;
}

export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: object;
}

/** Asks, and waits until the server has logged that it answered. */
export async function ask(server: ServerBehind, question: Question): Promise<Answer> {
  const answer = await exchange(server, question);
  const id = answer.headers['x-request-id'];
  for (let waits = 0; waits < 1000; waits += 1) {
    if (server.lines.some(({ reqId, msg }) => reqId === id && msg === 'request answered')) return answer;
    await pause(2);
  }
  throw new Error(`${question.path} was not logged`);
}

function exchange({ port }: ServerBehind, question: Question): Promise<Answer> {
  const { method = 'GET', path, from = PROXY, headers = {}, body } = question;
  const text = body === undefined ? '' : JSON.stringify(body);
  const type =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(text.length) };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, localAddress: from, agent: false as const };
    const outgoing = request({ ...options, headers: { ...type, ...headers } }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (chunk) => (received += chunk));
      response.on('end', () => {
        const isJson = response.headers['content-type']?.includes('json');
        const json: unknown = isJson && received !== '' ? JSON.parse(received) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
