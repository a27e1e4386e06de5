import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { handleRequest } from '../../src/adapters/node/index.ts';
import type { WatchwordEvent } from '../../src/domain/events.ts';
import { epochMs } from '../../src/domain/time.ts';
import { createWatchwordOn } from '../../src/facade/create-watchword.ts';
import type { ClientRole, Watchword, WatchwordOptions } from '../../src/facade/index.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { systemRandom } from '../../src/platform/system-random.ts';
import { systemScheduler } from '../../src/platform/system-scheduler.ts';
import { memory } from '../../src/stores/memory/index.ts';

export const LISTED = 'https://admin.example';

/** Guards nothing: it is the secret of installations that live as long as a test. */
const SECRET = '8c1d7a93be4426d8a17b3ec59204f6718d2ca03be95f64170cd83a2b96e4f15f';

export interface OAuthAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
  readonly json: any;
}

export interface Registered {
  readonly id: string;
  readonly secret: string;
}

type Parameters = Readonly<Record<string, string>> | readonly (readonly [string, string])[] | string;
type SentHeaders = Readonly<Record<string, string>>;

export type OAuthServer = Awaited<ReturnType<typeof openOAuthServer>>;

/** An installation behind a server of Node's own, on a free port, whose issuer is where it listens. */
export async function openOAuthServer(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  let laterMs = 0;
  const clock = { ...systemClock, nowMs: () => epochMs(systemClock.nowMs() + laterMs) };
  const platform = {
    clock,
    random: systemRandom,
    scheduler: systemScheduler,
    createHasher: noHasher,
    findTrackedFile: async () => undefined,
  };
  const store = memory();
  const server = createServer((request, response) => {
    void handleRequest(auth, request, response).then((isOurs) => {
      if (!isOurs) response.writeHead(418).end('the application’s own');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const common = { issuer: origin, store, secret: SECRET, clients: true, origins: [LISTED] } as const;

  async function openProcess(): Promise<Watchword> {
    const opened = await createWatchwordOn(platform, { ...common, ...options });
    t.after(() => opened.close());
    return opened;
  }

  const auth = await openProcess();
  const events: WatchwordEvent[] = [];
  auth.events.on('*', (event) => events.push(event));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function ask(method: string, path: string, headers: SentHeaders, body?: string | Uint8Array) {
    const init = { method, headers, ...(body !== undefined && { body: body as string }) };
    const response = await fetch(origin + path, init);
    return answerOf(response);
  }

  return {
    auth,
    origin,
    events,
    ask,
    /** Another process on the same store. */
    openProcess,
    /** Sets the clock of all processes on. */
    later: (milliseconds: number) => {
      laterMs += milliseconds;
    },
    post: (path: string, parameters: Parameters, headers: SentHeaders = {}) =>
      ask('POST', path, { 'content-type': FORM_TYPE, ...headers }, formOf(parameters)),
    async register(id: string, roles: readonly ClientRole[] = []): Promise<Registered> {
      const { secret } = await auth.clients.create({ id, roles });
      return { id, secret };
    },
  };
}

export const FORM_TYPE = 'application/x-www-form-urlencoded';

async function answerOf(response: Response): Promise<OAuthAnswer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

function formOf(parameters: Parameters): string {
  if (typeof parameters === 'string') return parameters;
  return new URLSearchParams(parameters as Record<string, string>).toString();
}

/** RFC 6749 §2.3.1: what `client_secret_basic` sends. */
export function basic({ id, secret }: Registered) {
  return basicText(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`);
}

/** An Authorization header over exactly these characters or bytes. */
export function basicText(text: string | Uint8Array) {
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

/** What `client_secret_post` sends. */
export function inBody({ id, secret }: Registered) {
  return { client_id: id, client_secret: secret };
}

export function refreshOf(refreshToken: string) {
  return { grant_type: 'refresh_token', refresh_token: refreshToken };
}

/** RFC 6749 §5.2: what is not allowed in `error_description`. */
export const NOT_IN_DESCRIPTIONS = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/;

/** No users of Watchword's own here. */
const noHasher = () => Promise.reject(new Error('nothing is hashed in these tests'));
