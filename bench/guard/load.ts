import { once } from 'node:events';
import { connect } from 'node:net';
import { openConnection } from '../refresh-http/connection.ts';

const PATIENCE_MS = 10_000;
const OK = Buffer.from('HTTP/1.1 200 ');

/** Requests without end of `GET /me` over connections that are kept, one at a time on each. */
export interface Load {
  run(count: number): Promise<void>;
}

/**
 * The cheapest client that there can be, or it would be what is measured: all answers of a route are as long as the first, which is read in
 * full; of the others status and length are looked at.
 */
export async function prepareLoad(
  port: number,
  tokens: readonly string[],
  connections: number,
): Promise<Load> {
  const requests = tokens.map(requestWith);
  const length = await answerLength(port, requests[0]?.toString('latin1') ?? '');
  return {
    async run(count) {
      const share = count / connections;
      const rest = stayAwake();
      try {
        await Promise.all(
          Array.from({ length: connections }, (_, index) => {
            const first = Math.floor((index * requests.length) / connections);
            return exchangeAll(port, share, length, (done) => requests[(first + done) % requests.length]);
          }),
        );
      } finally {
        rest();
      }
    },
  };
}

/**
 * Keeps this process's core busy. One that sleeps has to be woken by whoever writes to it, which in a virtual machine takes as long as some
 * guards, and the more often the slower a server is: the same answers took it a fifth longer to write.
 */
function stayAwake(): () => void {
  let isOver = false;
  const turn = (): void => {
    if (!isOver) setImmediate(turn);
  };
  turn();
  return () => {
    isOver = true;
  };
}

function requestWith(token: string): Buffer {
  return Buffer.from(
    `GET /me HTTP/1.1\r\nHost: app.example\r\nAccept: */*\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    'latin1',
  );
}

async function answerLength(port: number, request: string): Promise<number> {
  const connection = await openConnection(port);
  const { status, head, body } = await connection.exchange(request);
  connection.close();
  if (status !== 200 || !/^\{"subject":"user-\d{4}"\}$/.test(body)) {
    throw new Error(`the route was answered:\n${head}\n\n${body}`);
  }
  return head.length + '\r\n\r\n'.length + body.length;
}

/** One connection: the next request goes out when the answer is there. */
async function exchangeAll(
  port: number,
  count: number,
  answerLength: number,
  requestAt: (done: number) => Buffer | undefined,
): Promise<void> {
  const over = Promise.withResolvers<undefined>();
  let done = 0;
  let received = 0;
  const fail = (why: string): void => over.reject(new Error(why));
  const socket = connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    onread: {
      buffer: Buffer.alloc(4096),
      callback(bytes, buffer) {
        if (received === 0 && OK.compare(buffer, 0, OK.length) !== 0) {
          fail(`an answer begins ${Buffer.from(buffer.subarray(0, 40)).toString('latin1')}`);
          return false;
        }
        received += bytes;
        if (received < answerLength) return true;
        if (received > answerLength) fail('an answer is longer than the first was');
        received = 0;
        done += 1;
        if (done < count) socket.write(requestAt(done) ?? '');
        else over.resolve(undefined);
        return true;
      },
    },
  });
  socket
    .on('error', ({ message }) => fail(message))
    .on('close', () => fail('the server has closed the connection'));
  socket.setTimeout(PATIENCE_MS, () => fail('no answer'));
  await once(socket, 'connect');
  socket.write(requestAt(0) ?? '');
  await over.promise;
  socket.destroy();
}
