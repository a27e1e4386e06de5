import { browserClient } from '../refresh-http/client.ts';
import { openConnection } from '../refresh-http/connection.ts';
import type { Machine } from './cluster.ts';

/** 50 refreshes a second at each server. */
const PAUSE_MS = 20;

/** Refreshes one session at each server, again and again; gives the function that stops it. */
export async function keepRefreshing(machines: readonly Machine[]): Promise<() => Promise<void>> {
  let stopped = false;
  const running = machines.map(async ({ server }) => {
    const [cookies = ''] = await server.startSessions(1);
    const client = browserClient('/auth/refresh', '__Host-ww_rt', cookies);
    const connection = await openConnection(server.port);
    while (!stopped) {
      const answer = await connection.exchange(client.request());
      if (answer.status !== 200) throw new Error(`a refresh was answered:\n${answer.head}`);
      client.accept(answer);
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE_MS);
      });
    }
    connection.close();
  });
  return async () => {
    stopped = true;
    await Promise.all(running);
  };
}
