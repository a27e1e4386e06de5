import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { HttpHeaders, HttpStream } from '../ports/http-client.ts';

/**
 * A GET on a connection of its own. `fetch` would ask for compression, which is where proxies begin to hold an endless answer back, and
 * would keep the process alive for as long as it lasts.
 */
export function openHttpStream(url: string, headers: HttpHeaders): HttpStream {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const sent = request(url, { headers: { ...headers, 'cache-control': 'no-cache' }, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', (error) => reject(brokenBy(error)));
    // As after an answer that switches protocols, which is no error to Node.
    sent.once('close', () => reject(brokenBy(undefined)));
  });
  sent.once('socket', (socket) => socket.unref());
  sent.end();
  return {
    head: answered.then((message) => {
      // Where nobody reads when the connection breaks, nobody has to be told.
      message.on('error', () => undefined);
      return { status: message.statusCode ?? 0, header: (name) => headerOf(message, name) };
    }),
    async *pieces() {
      try {
        for await (const piece of await answered) yield piece as Uint8Array;
      } catch (error) {
        throw brokenBy(error);
      }
    },
    cancel: () => void sent.destroy(),
  };
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

function brokenBy(error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
  return new Error(reason, { cause: error });
}
