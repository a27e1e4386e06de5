/**
 * A server in a process of its own for load: it makes sessions and clients without a password being hashed for each, and says
 * how much memory it holds after the garbage is collected. Started with `--expose-gc`.
 */
import { openInstallation, startServer } from '../../src/index.ts';

export type Question =
  | { readonly ask: 'sessions'; readonly count: number }
  | { readonly ask: 'client' }
  | { readonly ask: 'memory' };

export interface Holder {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

export interface Memory {
  /** With buffers, which lie outside of it. */
  readonly heapMegabytes: number;
  readonly residentMegabytes: number;
}

async function startSessions(count: number): Promise<readonly Holder[]> {
  const { auth } = await openInstallation(process.env);
  const tokens = await Promise.all(
    Array.from({ length: count }, (_, index) => auth.sessions.start({ subject: `user-${index}` })),
  );
  await auth.close();
  return tokens.map(({ accessToken, refreshToken }) => ({ accessToken, refreshToken }));
}

async function createClient(): Promise<Credentials> {
  const { auth } = await openInstallation(process.env);
  const { client, secret } = await auth.clients.create({ roles: ['service', 'introspect'] });
  await auth.close();
  return { id: client.id, secret };
}

function memory(): Memory {
  // Twice: what the first run finalises, the second frees.
  for (let run = 0; run < 2; run += 1) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapMegabytes: (heapUsed + external) / 2 ** 20, residentMegabytes: rss / 2 ** 20 };
}

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'sessions':
      return startSessions(question.count);
    case 'client':
      return createClient();
    case 'memory':
      return memory();
  }
}

await startServer(process.env);
process.on('message', (question: Question) => {
  void answer(question).then((found) => process.send?.(found));
});
process.once('disconnect', () => process.exit(1));
process.send?.('ready');
