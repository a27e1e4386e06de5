import assert from 'node:assert/strict';
import { request as requestOf, type IncomingMessage } from 'node:http';
import { createWatchwordOn } from '../../facade/create-watchword.ts';
import type { Watchword, WatchwordOptions } from '../../facade/index.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { systemRandom } from '../../platform/system-random.ts';
import { systemScheduler } from '../../platform/system-scheduler.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PasswordHasher } from '../../ports/password-hasher.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { memory } from '../../stores/memory/index.ts';
import type { AdapterAppOptions, AdapterUnderTest, Cleanup } from './contract.ts';

/** Where the application believes itself to be; where it listens is another matter. */
export const OWN = 'http://localhost:3000';
export const LISTED = 'https://admin.example';
export const FOREIGN = 'https://evil.example';
export const OWN_PAGE = { origin: OWN };
export const JSON_TYPE = { 'content-type': 'application/json' };

export type HeaderFields = Readonly<Record<string, string>>;

export interface Time {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

export const REAL: Time = { clock: systemClock, scheduler: systemScheduler };

/** An installation in memory. */
export async function openAuth(t: Cleanup, time: Time = REAL, options: Partial<WatchwordOptions> = {}) {
  const auth = await createWatchwordOn(
    {
      ...time,
      random: systemRandom,
      createHasher: async () => quickHasher,
      findTrackedFile: async () => undefined,
    },
    { issuer: OWN, origins: [LISTED], accounts: true, clients: true, store: memory(), ...options },
  );
  t.after(() => auth.close());
  return auth;
}

/** The application of the suite, in the adapter's framework. */
export async function openApp(
  t: Cleanup,
  adapter: AdapterUnderTest,
  auth: Watchword,
  options: Partial<AdapterAppOptions> = {},
) {
  const { url, stop } = await adapter.serve(auth, { trustsProxy: false, parsesFirst: false, ...options });
  let stopping: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => (stopping ??= stop());
  t.after(stopOnce);
  return { url, stop: stopOnce, ask: (path: string, init?: RequestInit) => fetch(url + path, init) };
}

export function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

export function post(body: unknown, headers: HeaderFields = {}): RequestInit {
  return { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** The cookies of an answer as a browser sends them back. */
export function jarOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

/** The names of the cookies of an answer. */
export function cookieNames(response: Response): readonly string[] {
  return response.headers.getSetCookie().map((cookie) => cookie.split('=', 1)[0] ?? '');
}

export async function jsonOf(response: Response): Promise<unknown> {
  return response.json();
}

/** What stands at this place of the answer's JSON. */
export async function fieldOf(response: Response, ...place: readonly string[]): Promise<unknown> {
  let value = await jsonOf(response);
  for (const name of place) {
    assert.ok(typeof value === 'object' && value !== null, place.join('.'));
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

export async function textOf(response: Response, ...place: readonly string[]): Promise<string> {
  const text = await fieldOf(response, ...place);
  assert.ok(typeof text === 'string', place.join('.'));
  return text;
}

/** Status and code: what a refusal is known by. */
export async function refusalOf(response: Response): Promise<readonly [number, string]> {
  return [response.status, await textOf(response, 'code')];
}

/** Sends a request line as it stands, which `fetch` would not. */
export function askLine(
  url: string,
  path: string,
  headers: HeaderFields,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = requestOf({ hostname, port, path, headers, agent: false }, (response: IncomingMessage) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** argon2id is slow on purpose, and not what these tests are about. */
const quickHasher: PasswordHasher = {
  hash: async (password) => `hashed ${password}`,
  verify: async (hashed, password) => hashed === `hashed ${password}`,
  isCurrent: () => true,
};
