import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createWatchword, type Watchword, type WatchwordOptions } from '../../src/facade/index.ts';
import { memory } from '../../src/stores/memory/index.ts';

/** Where the application believes itself to be; where the test listens is another matter. */
export const OWN = 'http://localhost:3000';
export const SAME_ORIGIN = { origin: OWN };

export async function openAuth(t: TestContext, options: Partial<WatchwordOptions> = {}): Promise<Watchword> {
  const auth = await createWatchword({ issuer: OWN, store: memory(), ...options });
  t.after(() => auth.close());
  return auth;
}

/** Serves on a free port of the loopback until the test ends; gives the address. */
export async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const JSON_TYPE = { 'content-type': 'application/json' };

export function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

/** The cookies of an answer as a browser sends them back. */
export function jarOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

// oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
export async function jsonOf(response: Response): Promise<any> {
  return response.json();
}
