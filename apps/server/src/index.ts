export { startServer } from './start-server.ts';
export type { ServerOverrides } from './read-settings.ts';
