import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  close(): Promise<void>;
}

/** Passes each connection on to the next of the servers that takes it, as a load balancer without any cleverness does. */
export async function startBalancer(port: number, targets: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let next = 0;
  const server = createServer((socket) => {
    keep(socket);
    next += 1;
    passOn(socket, next, targets.length);
  });

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  }

  function passOn(socket: Socket, turn: number, triesLeft: number): void {
    const onward = connect({ host: '127.0.0.1', port: targets[turn % targets.length] ?? 0 });
    keep(onward);
    const tryNext = () => (triesLeft > 1 ? passOn(socket, turn + 1, triesLeft - 1) : socket.destroy());
    onward.once('error', tryNext).once('connect', () => {
      onward.off('error', tryNext).once('close', () => socket.destroy());
      socket.once('close', () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    });
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
