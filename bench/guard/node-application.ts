import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { authOf, handleRequest } from 'watchword/node';
import { SOMEBODY, type Variant } from './application.ts';

export async function startNode(variant: Variant, port: number): Promise<void> {
  const server = createServer(listenerOf(variant));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

type Handler = (...exchange: Parameters<RequestListener>) => Promise<void>;

function listenerOf(variant: Variant): RequestListener {
  switch (variant.kind) {
    case 'bare':
      return (_request, response) => answer(response, SOMEBODY);
    case 'idle': {
      const handle: Handler = async (_request, response) => {
        await Promise.resolve();
        answer(response, SOMEBODY);
      };
      return (request, response) => void handle(request, response);
    }
    case 'watchword': {
      const { auth } = variant;
      const guard = auth.require();
      const handle: Handler = async (request, response) => {
        if (await handleRequest(auth, request, response)) return;
        guard(request, response, () => answer(response, authOf(request)?.subject));
      };
      return (request, response) => void handle(request, response);
    }
    case 'peer':
      throw new Error('nothing that everybody takes is known for a bare server of Node');
  }
}

function answer(response: ServerResponse, subject: string | undefined): void {
  const body = JSON.stringify({ subject });
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}
