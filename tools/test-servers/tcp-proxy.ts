import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from './cleanup.ts';
import { findFreePort } from './free-port.ts';

export type Direction = 'to-server' | 'to-client';

/** Turns what arrived into what is passed on: nothing, something else, or several pieces. */
type Alteration = (chunk: Buffer, connection: number) => Buffer | readonly Buffer[];

/** A way to a server that fails as ways do. */
export interface TcpProxy {
  readonly port: number;
  /** The same address by this way. */
  urlOf(url: string): string;
  /** How many connections are open now. */
  readonly connections: number;
  /** How many were made ever. */
  readonly accepted: number;
  /** Resets all connections, and refuses new ones until `heal`. */
  cut(): Promise<void>;
  /** Resets all connections; new ones are taken. */
  reset(): void;
  /** Takes connections and bytes and passes nothing on; `heal` delivers what was held. */
  stall(): void;
  /** What arrives from now on is passed on so much later; one direction alone, where it is named. */
  delay(ms: number, only?: Direction): void;
  /** From now on, each piece that arrives goes through `alteration`. */
  alter(direction: Direction, alteration: Alteration): void;
  /** From now on, each piece arrives twice. */
  duplicate(direction: Direction): void;
  /** From now on, each two pieces change places; one without a second waits for it. */
  reorder(direction: Direction): void;
  /** Ends all of the above. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** More than this waits in the sender's system, as on a real way. */
const heldBytes = 1024 * 1024;

export async function startTcpProxy(
  target: { readonly port: number; readonly host?: string },
  cleanup?: Cleanup,
): Promise<TcpProxy> {
  const proxy = new Proxy(await findFreePort(), target);
  await proxy.heal();
  cleanup?.after(() => proxy.close());
  return proxy;
}

class Proxy implements TcpProxy {
  readonly port: number;
  accepted = 0;
  readonly #target: { readonly port: number; readonly host?: string };
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => this.#take(socket));
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #alterations = new Map<Direction, Alteration>();
  readonly #delaysMs = { 'to-server': 0, 'to-client': 0 };
  #stalled = Promise.withResolvers<void>();

  constructor(port: number, target: { readonly port: number; readonly host?: string }) {
    this.port = port;
    this.#target = target;
    this.#stalled.resolve();
  }

  get connections(): number {
    return this.#pairs.size;
  }

  urlOf(url: string): string {
    return url.replace(/(\/\/(?:[^/@]*@)?)[^/@?#]+/, (_, start) => `${start}127.0.0.1:${this.port}`);
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.reset();
    await closed;
  }

  reset(): void {
    for (const pair of this.#pairs) for (const socket of pair) resetSocket(socket);
  }

  stall(): void {
    this.#stalled.resolve();
    this.#stalled = Promise.withResolvers();
  }

  delay(ms: number, only?: Direction): void {
    if (only !== 'to-client') this.#delaysMs['to-server'] = ms;
    if (only !== 'to-server') this.#delaysMs['to-client'] = ms;
  }

  alter(direction: Direction, alteration: Alteration): void {
    this.#alterations.set(direction, alteration);
  }

  duplicate(direction: Direction): void {
    this.alter(direction, (chunk) => [chunk, chunk]);
  }

  reorder(direction: Direction): void {
    const held = new Map<number, Buffer>();
    this.alter(direction, (chunk, connection) => {
      const before = held.get(connection);
      if (before === undefined) {
        held.set(connection, chunk);
        return [];
      }
      held.delete(connection);
      return [chunk, before];
    });
  }

  async heal(): Promise<void> {
    this.#alterations.clear();
    this.delay(0);
    this.#stalled.resolve();
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.port, '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#stalled.resolve();
    if (this.#server.listening) await this.cut();
    this.reset();
  }

  #take(client: Socket): void {
    this.accepted += 1;
    const connection = this.accepted;
    const server = connect({ host: '127.0.0.1', ...this.#target, allowHalfOpen: true });
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    const drop = (): void => {
      this.#pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', drop);
    }
    let open = 2;
    const ended = (): void => {
      open -= 1;
      if (open === 0) drop();
    };
    for (const socket of pair) socket.on('close', ended);
    this.#pump(client, server, 'to-server', connection);
    this.#pump(server, client, 'to-client', connection);
  }

  #pump(from: Socket, to: Socket, direction: Direction, connection: number): void {
    let waiting = 0;
    let line = Promise.resolve();
    const queue = (step: () => void): void => {
      const dueMs = performance.now() + this.#delaysMs[direction];
      line = line.then(async () => {
        await this.#stalled.promise;
        const leftMs = dueMs - performance.now();
        if (leftMs > 0) await pause(leftMs, undefined, { ref: false });
        step();
      });
    };
    from.on('data', (chunk) => {
      waiting += chunk.length;
      if (waiting > heldBytes) from.pause();
      queue(() => {
        waiting -= chunk.length;
        if (waiting <= heldBytes) from.resume();
        if (!to.writable) return;
        const altered = this.#alterations.get(direction)?.(chunk, connection) ?? chunk;
        for (const piece of Buffer.isBuffer(altered) ? [altered] : altered) to.write(piece);
      });
    });
    from.on('end', () => queue(() => to.end()));
  }
}

/** One that is being shut down cannot be reset any more: Node would leave it open and never end. */
function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
