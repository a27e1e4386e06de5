import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server that runs on a data folder, as it says itself. */
export interface RunningServer {
  /** An `http:` address of the loopback. */
  readonly address: URL;
  readonly pid: number;
}

/** The server that `server.json` in the folder tells of, if its process lives. */
export function findServer(folder: string): RunningServer | undefined {
  const { address, pid } = readRecord(folder);
  if (typeof address !== 'string' || typeof pid !== 'number' || !isAlive(pid)) return undefined;
  const url = URL.parse(address);
  // The credential goes to this machine only, and never in the clear over a network.
  if (url?.protocol !== 'http:' || !LOOPBACK.test(url.hostname)) return undefined;
  return { address: url, pid };
}

/** The process that `server.json` tells of, whatever its address is. */
export function findServerProcess(folder: string): number | undefined {
  const { pid } = readRecord(folder);
  return typeof pid === 'number' && isAlive(pid) ? pid : undefined;
}

/** Each start of a server writes another one. */
export function readAdminToken(folder: string): string | undefined {
  const token = read(join(folder, 'admin.token'))?.trim();
  return token !== undefined && /^[\w-]{16,200}$/.test(token) ? token : undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function readRecord(folder: string): Readonly<Record<string, unknown>> {
  try {
    const record: unknown = JSON.parse(read(join(folder, 'server.json')) ?? '{}');
    return typeof record === 'object' && record !== null ? { ...record } : {};
  } catch {
    // A server that dies while it writes leaves half a record.
    return {};
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  // In a container the server that died had the number that this command has now.
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, and so alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
