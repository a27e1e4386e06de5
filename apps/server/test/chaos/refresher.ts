import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../processes/server-group.ts';
import type { ChaosServer } from './chaos-server.ts';

const PAUSE_MS = 120;

export interface Refreshing {
  readonly counts: { refreshed: number; unavailable: number; lost: number };
  stop(): Promise<void>;
}

/**
 * Browsers that renew their sessions at servers in turns, and come again with the same cookies where they were not answered, or told
 * to. Nobody may be signed out by that, nor lose a cookie.
 */
export async function startRefreshing(servers: readonly ChaosServer[], count: number): Promise<Refreshing> {
  const counts = { refreshed: 0, unavailable: 0, lost: 0 };
  let stopped = false;
  const browsers = await Promise.all(Array.from({ length: count }, (_, index) => signIn(servers, index)));

  async function renew(browser: Map<string, string>, index: number): Promise<void> {
    for (let turn = index; !stopped; turn += 1) {
      const server = servers[turn % servers.length];
      assert.ok(server);
      const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await server.ask('POST', '/auth/refresh', { cookie }).catch(() => undefined);
      if (answer === undefined) counts.lost += 1;
      else if (answer.status === 200) {
        counts.refreshed += 1;
        keepCookies(browser, answer);
      } else {
        counts.unavailable += 1;
        assertKeepsSession(answer);
      }
      // A test that failed does not go on for that.
      await pause(PAUSE_MS, undefined, { ref: false });
    }
  }

  const renewing = Promise.all(browsers.map(renew));
  // Whoever stops it hears of it.
  renewing.catch(() => undefined);
  return {
    counts,
    async stop() {
      stopped = true;
      await renewing;
    },
  };
}

async function signIn(servers: readonly ChaosServer[], index: number): Promise<Map<string, string>> {
  const [server] = servers;
  assert.ok(server);
  const answer = await server.ask('POST', '/auth/sign-up', {
    body: { email: `browser-${index}@example.com`, password: 'correct horse battery', delivery: 'cookie' },
    cookie: '',
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.json));
  const browser = new Map<string, string>();
  keepCookies(browser, answer);
  return browser;
}

function keepCookies(browser: Map<string, string>, { headers }: Answer): void {
  for (const line of headers['set-cookie'] ?? []) {
    const [pair = ''] = line.split(';', 1);
    const equals = pair.indexOf('=');
    browser.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
}

/** While the store is away: come again, and nothing is cleared. */
export function assertKeepsSession({ status, headers, json }: Answer): void {
  assert.deepEqual([status, json?.code], [503, 'ERR_STORE_UNAVAILABLE']);
  assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
  assert.equal(headers['set-cookie'], undefined, 'no cookie is cleared');
}
