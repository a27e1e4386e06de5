import { once } from 'node:events';
import { connect } from 'node:net';

const PATIENCE_MS = 10_000;
const END_OF_HEAD = '\r\n\r\n';
const CONTENT_LENGTH = /^content-length: *(\d+)/im;

export interface HttpAnswer {
  readonly status: number;
  /** The header lines, the status line first. */
  readonly head: string;
  readonly body: string;
}

/** One connection that is kept, with one request at a time on it. */
export interface Connection {
  exchange(request: string): Promise<HttpAnswer>;
  close(): void;
}

/** As little as HTTP/1.1 takes: a client of Node's would cost as much as the servers that are measured. */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  socket.setEncoding('latin1').setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
  let received = '';
  let broken: Error | undefined;
  let waiting: PromiseWithResolvers<HttpAnswer> | undefined;
  socket.on('data', (text: string) => {
    received += text;
    const answer = parseAnswer(received);
    if (answer === undefined) return;
    received = '';
    waiting?.resolve(answer);
    waiting = undefined;
  });
  function onBroken(error: Error): void {
    broken ??= error;
    waiting?.reject(broken);
  }
  socket.on('error', onBroken).on('close', () => onBroken(new Error('the server has closed the connection')));
  return {
    exchange(request) {
      if (broken !== undefined) return Promise.reject(broken);
      waiting = Promise.withResolvers<HttpAnswer>();
      socket.write(request, 'latin1');
      return waiting.promise;
    },
    close: () => void socket.destroy(),
  };
}

/** Nothing as long as some of it is missing. */
function parseAnswer(received: string): HttpAnswer | undefined {
  const end = received.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const length = CONTENT_LENGTH.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without Content-Length:\n${head}`);
  const body = received.slice(end + END_OF_HEAD.length);
  if (body.length < Number(length)) return undefined;
  return { status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)), head, body };
}
