import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Host } from './hosts.ts';

export interface Question {
  readonly method?: string;
  /** Goes out as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sends the body in chunks of this size, without a Content-Length. */
  readonly chunkBytes?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request on a connection of its own; nothing in it is corrected as `fetch` would. */
export function ask(
  host: Host,
  { method = 'GET', path, headers = {}, body, chunkBytes }: Question,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body ?? '');
    const framing: Record<string, string> =
      chunkBytes === undefined
        ? { 'content-length': String(bytes.length) }
        : { 'transfer-encoding': 'chunked' };
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: host.port,
        method,
        path,
        headers: { ...(body !== undefined && framing), ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        const finish = (): void => {
          const { statusCode = 0, headers: received } = response;
          resolve({ status: statusCode, headers: received, text: Buffer.concat(chunks).toString() });
          outgoing.destroy();
        };
        // A stream of events has no end.
        const isEndless = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (isEndless) finish();
        });
        response.on('error', reject);
        response.on('end', finish);
      },
    );
    outgoing.setTimeout(5000, () =>
      outgoing.destroy(new Error(`no answer to ${method} ${path.slice(0, 100)}`)),
    );
    outgoing.on('error', reject);
    for (let at = 0; chunkBytes !== undefined && at < bytes.length; at += chunkBytes) {
      outgoing.write(bytes.subarray(at, at + chunkBytes));
    }
    if (chunkBytes === undefined) outgoing.end(bytes);
    else outgoing.end();
  });
}

/** Sends bytes as they are; gives what comes back until the connection closes or a whole answer is there. */
export function exchangeRaw(host: Host, bytes: string | Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(host.port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${String(bytes).slice(0, 100)}`)));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (isWhole(received)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const answer = parseAnswer(received);
      resolve({ ...answer, text: Buffer.from(answer.text, 'latin1').toString() });
    });
  });
}

function isWhole(received: string): boolean {
  const { headers, text } = parseAnswer(received);
  return headers['content-length'] !== undefined && text.length >= Number(headers['content-length']);
}

function parseAnswer(received: string): Answer {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, text: rest.join('\r\n\r\n') };
}
