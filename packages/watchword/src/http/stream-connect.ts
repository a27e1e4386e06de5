import type { StreamingBody } from '../ports/byte-sink.ts';
import type { ConnectStreamResponse } from './connect.ts';

/** Writes a body to a response of Node's until either side ends it. */
export function streamConnect(body: StreamingBody, response: ConnectStreamResponse): void {
  const socket = response.req?.socket;
  // Nobody would be told any more that the other side is gone.
  if (response.destroyed || socket?.destroyed === true) return void response.destroy();
  let isOver = false;
  let closed = (): void => undefined;
  const leave = (): void => {
    if (isOver) return;
    isOver = true;
    // The connection may serve others after this.
    socket?.off('close', leave);
    closed();
  };
  response.once('close', leave);
  // An answer that waits behind another is not told that its connection has gone.
  socket?.on('close', leave);
  // Nobody else would hear it, and who is gone is gone.
  response.on('error', () => undefined);
  response.flushHeaders();
  closed = body.open({
    write(bytes) {
      if (isOver) return 0;
      response.write(bytes);
      return response.writableLength;
    },
    onceDrained(listener) {
      if (isOver || response.writableLength === 0) listener();
      else response.once('drain', listener);
    },
    end() {
      if (!isOver) response.end();
    },
    abort() {
      response.destroy();
    },
  });
}
