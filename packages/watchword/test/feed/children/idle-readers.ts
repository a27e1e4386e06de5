import { connect, type Socket } from 'node:net';

/*
 * Opens many streams of the feed and reads them. Arguments: port, position, connections for each credential, credentials. Tells its parent
 * how many were answered 200, how many otherwise, and how many heartbeats came in a time that the parent names.
 */

const [port = '', position = '', each = '', ...credentials] = process.argv.slice(2);

let beats = 0;
const sockets: Socket[] = [];

function open(authorization: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    sockets.push(socket);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
      if (status !== undefined) resolve(Number(status));
      beats += text.split('event: checkpoint').length - 1;
    });
    socket.on('error', () => resolve(0));
    socket.write(
      `GET /feed HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nLast-Event-ID: ${position}\r\n\r\n`,
    );
  });
}

const statuses: number[] = [];
for (const credential of credentials) {
  statuses.push(...(await Promise.all(Array.from({ length: Number(each) }, () => open(credential)))));
}
process.send?.({
  opened: statuses.filter((status) => status === 200).length,
  refused: [...new Set(statuses)],
});
process.on('message', (forMs: number) => {
  beats = 0;
  setTimeout(() => process.send?.({ beats }), forMs);
});
process.on('disconnect', () => process.exit());
