import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Watchword } from '../../src/facade/index.ts';
import type { RunningAdapterApp } from './adapter-suite.ts';

/** Listens on the loopback, and stops as the guide says. */
export async function serving(server: Server, auth: Watchword): Promise<RunningAdapterApp> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        auth.http.endStreams();
        server.close(() => resolve());
      }),
  };
}
