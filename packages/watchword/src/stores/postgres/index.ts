export { inspectPostgres } from './inspect.ts';
export type { PostgresInspection } from './inspect.ts';
export type { PostgresOptions } from './options.ts';
export { postgres } from './postgres.ts';
