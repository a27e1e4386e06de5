export { createClient, type Client, type ClientOptions } from './client.ts';
export type { Session, Snapshot } from './snapshot.ts';
