/**
 * One process of an installation on one database: does what it is told, and says what came of it.
 * Usage: worker.ts DATABASE RACE_WINDOW_MS
 */
import { setTimeout as delay } from 'node:timers/promises';
import { WatchwordError } from '../../../src/errors/watchword-error.ts';
import { createWatchwordOn } from '../../../src/facade/create-watchword.ts';
import type { SessionTokens, Watchword, WatchwordEvent } from '../../../src/facade/index.ts';
import { systemRandom } from '../../../src/platform/system-random.ts';
import { systemScheduler } from '../../../src/platform/system-scheduler.ts';
import { sqlite } from '../../../src/stores/sqlite/index.ts';
import { epochMs } from '../../../src/domain/time.ts';
import type { NeutralRequest, NeutralResponse } from '../../../src/http/neutral.ts';
import { ISSUER, SECRET } from '../../facade/support/installation.ts';

export type Task =
  | { readonly task: 'start'; readonly subject: string }
  | { readonly task: 'refresh'; readonly token: string }
  | { readonly task: 'revoke'; readonly kind: 'token' | 'session' | 'subject' | 'all'; readonly id: string }
  | { readonly task: 'verify'; readonly token: string }
  /** The same, asked until it is refused, or for `REFUSED_WITHIN_MS`. */
  | { readonly task: 'refused'; readonly token: string }
  /** `GET` where there is no body, else `POST`, with a body as a program sends it, else as a page does. */
  | { readonly task: 'ask'; readonly path: string; readonly jar?: string; readonly body?: string }
  /** A session whose tokens are cookies: its answer is the jar. */
  | { readonly task: 'cookies'; readonly subject: string }
  | { readonly task: 'ready' }
  /** Sets the clock on: an hour is lived through in no time. */
  | { readonly task: 'later'; readonly milliseconds: number };

/** What came of a task: one of these, and nothing else is there. */
export interface Result {
  /** The code of the error, with its detail. */
  readonly code?: string;
  readonly detail?: string | undefined;
  readonly tokens?: SessionTokens;
  readonly generation?: number;
  readonly answer?: NeutralResponse;
  readonly jar?: string;
  readonly ready?: boolean;
}

/** All of these at once, at that time of the clock that processes share. */
export interface Order {
  readonly tasks: readonly Task[];
  readonly atMs: number;
}

export interface Report {
  readonly results: readonly Result[];
  /** What was told since the last report. */
  readonly events: readonly WatchwordEvent['type'][];
}

/** Generous: what takes a whole process on a busy machine is not what is measured. */
const REFUSED_WITHIN_MS = 2000;

let offsetMs = 0;
let events: WatchwordEvent['type'][] = [];
const auth = await createWatchwordOn(
  {
    clock: {
      nowMs: () => epochMs(Date.now() + offsetMs),
      monotonicMs: () => performance.now(),
    },
    random: systemRandom,
    scheduler: systemScheduler,
    createHasher: () => Promise.reject(new Error('nobody has a password')),
    findTrackedFile: async () => undefined,
  },
  {
    issuer: ISSUER,
    secret: SECRET,
    store: sqlite(process.argv[2] ?? ''),
    raceWindowMs: Number(process.argv[3]),
  },
);
auth.events.on('*', ({ type }) => events.push(type));

async function perform(task: Task): Promise<Result> {
  switch (task.task) {
    case 'start':
      return { tokens: await auth.sessions.start({ subject: task.subject }) };
    case 'refresh':
      return { tokens: await auth.sessions.refresh(task.token) };
    case 'revoke':
      await (task.kind === 'all' ? auth.revoke.all() : auth.revoke[task.kind](task.id));
      return {};
    case 'verify':
      return { generation: auth.verify(task.token).generation };
    case 'refused':
      return askUntilRefused(auth, task.token);
    case 'ask':
      return { answer: await auth.http.handle(requestOf(task)) };
    case 'cookies':
      return { jar: await cookiesOf(task.subject) };
    case 'ready':
      return { ready: await auth.isReady() };
    case 'later':
      offsetMs += task.milliseconds;
      return {};
  }
}

async function askUntilRefused({ verify }: Watchword, token: string): Promise<Result> {
  const endMs = performance.now() + REFUSED_WITHIN_MS;
  for (;;) {
    const { generation } = verify(token);
    if (performance.now() > endMs) return { generation };
    await delay(5);
  }
}

async function cookiesOf(subject: string): Promise<string> {
  const { cookies } = await auth.http.startCookieSession(requestOf({ path: '/sign-in', body: '' }), {
    subject,
  });
  return cookies.map(([, cookie]) => cookie.split(';', 1)[0]).join('; ');
}

function requestOf({
  path,
  jar,
  body,
}: Pick<Task & { task: 'ask' }, 'path' | 'jar' | 'body'>): NeutralRequest {
  const sent = new Map<string, string>();
  if (body === undefined || body === '') sent.set('sec-fetch-site', 'same-origin');
  else sent.set('content-type', 'application/json');
  if (jar !== undefined) sent.set('cookie', jar);
  return {
    method: body === undefined ? 'GET' : 'POST',
    path,
    remoteAddress: undefined,
    header: (name) => sent.get(name),
    readBody: () => Promise.resolve({ kind: 'bytes', bytes: new TextEncoder().encode(body ?? '') }),
  };
}

function failed(error: unknown): Result {
  return error instanceof WatchwordError
    ? { code: error.code, detail: error.detail }
    : { code: String(error) };
}

async function obey({ tasks, atMs }: Order): Promise<void> {
  await delay(Math.max(0, atMs - Date.now()));
  const results = await Promise.all(tasks.map((task) => perform(task).catch(failed)));
  process.send?.({ results, events } satisfies Report);
  events = [];
}

process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => void auth.close().then(() => process.exit()));
process.send?.('ready');
