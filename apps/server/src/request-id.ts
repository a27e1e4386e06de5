import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,128}$/;
const ID_BYTES = 8;
/** Asking for many bytes costs hardly more than asking for a few. */
const POOL_BYTES = 512 * ID_BYTES;

let pool = Buffer.alloc(0);
let taken = 0;

/** 64 random bits in hex: enough to find a request in a log by. */
export function makeRequestId(): string {
  if (taken === pool.length) {
    pool = randomBytes(POOL_BYTES);
    taken = 0;
  }
  taken += ID_BYTES;
  return pool.toString('hex', taken - ID_BYTES, taken);
}

/** The id that a trusted proxy gave, if it is one, or a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && ACCEPTABLE.test(given) ? given : makeRequestId();
}

const current = new AsyncLocalStorage<string>();

/** Runs what answers a request, so that all that it logs can tell which. */
export function withRequestId(id: string, answer: () => void): void {
  current.run(id, answer);
}

/** The id of the request that is being answered, if one is. */
export function currentRequestId(): string | undefined {
  return current.getStore();
}
