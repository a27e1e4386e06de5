/**
 * Private servers for tests and benchmarks: each on a free port of the loopback interface, in a temporary folder, ended
 * by its process id at the latest with the process that started it.
 */
export { startBalancer, type Balancer } from './balancer.ts';
export { findProgram } from './find-program.js';
export { startPgbouncer, type Pgbouncer } from './pgbouncer.ts';
export { startPostgres, type Postgres } from './postgres.ts';
export { startRedis, type Redis } from './redis.ts';
export type { TestServer } from './server-process.ts';
export { startTcpProxy, type Direction, type TcpProxy } from './tcp-proxy.ts';
export type { Cleanup } from './cleanup.ts';
