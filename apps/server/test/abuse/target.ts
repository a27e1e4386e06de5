import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { startReady } from '../start/server-process.ts';

/** How long another client may have to wait while the server is under attack. */
const PATIENCE_MS = 5000;

export interface Target {
  readonly port: number;
  /** Megabytes that the server's process holds in memory; `undefined` where the system does not say. */
  memory(): number | undefined;
  /** What another client gets meanwhile: a page, a refusal of the library, and whether the store writes. */
  assertServesOthers(): Promise<void>;
}

/** A server in a process of its own, warmed up. */
export async function startTarget(t: TestContext): Promise<Target> {
  const { server, port } = await startReady(t);
  const target: Target = {
    port,
    memory: () => residentMegabytes(server.pid),
    async assertServesOthers() {
      for (const [path, expected] of [
        ['/', 200],
        ['/auth/session', 401],
        ['/readyz', 200],
      ] as const) {
        const startedMs = performance.now();
        assert.equal(await statusOf(port, path), expected, path);
        const tookMs = performance.now() - startedMs;
        assert.ok(tookMs < PATIENCE_MS, `${path} took ${tookMs} ms`);
      }
    },
  };
  for (let round = 0; round < 50; round += 1) await target.assertServesOthers();
  return target;
}

/** Says how much memory an attack took, and that it was no more than `megabytes`. */
export function assertMemory(
  t: TestContext,
  target: Target,
  before: number | undefined,
  megabytes: number,
): void {
  const now = target.memory();
  if (before === undefined || now === undefined)
    return t.diagnostic('the system does not say how much memory it took');
  t.diagnostic(`${(now - before).toFixed(1)} MB more than the ${before.toFixed(1)} MB before`);
  assert.ok(now - before < megabytes, `${now - before} MB more`);
}

function residentMegabytes(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.setTimeout(10_000, () => asked.destroy(new Error(`no answer to ${path}`)));
    asked.on('error', reject).end();
  });
}

export interface Attacker {
  readonly socket: Socket;
  received: string;
  /** Once the server has closed the connection. */
  readonly closed: Promise<void>;
}

/** Opens a connection and sends bytes; what comes back is kept, and errors are what an attacker expects. */
export async function attack(
  t: TestContext,
  { port }: Target,
  bytes: string | Uint8Array = '',
): Promise<Attacker> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const attacker: Attacker = { socket, received: '', closed };
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => (attacker.received += chunk.toString('latin1')));
  t.after(() => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
  socket.write(bytes);
  return attacker;
}

/** One after the other in small groups: the queue of connections that wait to be let in is short. */
export async function attackManyTimes(
  t: TestContext,
  target: Target,
  count: number,
  bytes = '',
): Promise<Attacker[]> {
  const attackers: Attacker[] = [];
  while (attackers.length < count) {
    const group = Array.from({ length: Math.min(100, count - attackers.length) }, () =>
      attack(t, target, bytes),
    );
    attackers.push(...(await Promise.all(group)));
  }
  return attackers;
}
