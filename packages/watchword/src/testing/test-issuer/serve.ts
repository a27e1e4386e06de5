import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Watchword } from '../../facade/index.ts';
import { fromConnect, sendConnectStream, type BodyReading } from '../../http/index.ts';

/** A server on this machine only, which has its address before there is an installation to answer for. */
export interface LoopbackServer {
  readonly url: string;
  answerWith(auth: Watchword): void;
  close(): Promise<void>;
}

export async function openLoopbackServer(): Promise<LoopbackServer> {
  let http: Watchword['http'] | undefined;
  const server = createServer((request, response) => {
    const neutral = fromConnect(request, (limitBytes) => readBody(request, limitBytes));
    if (http === undefined || !http.handles(neutral.path)) {
      response.statusCode = 404;
      response.end();
      return;
    }
    void http.handle(neutral).then((answer) => sendConnectStream(answer, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A test that forgets to close it still ends.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    answerWith: (auth) => {
      ({ http } = auth);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyReading> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > limitBytes) return { kind: 'too_large' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'aborted' };
  }
  return { kind: 'bytes', bytes: Buffer.concat(chunks) };
}
