export { openAdminApi } from './open-admin-api.ts';
export type { AdminApi } from './open-admin-api.ts';
export { openInstallation } from './open-installation.ts';
export type { Installation } from './open-installation.ts';
export { startServer } from './start-server.ts';
export { readStoreSettings } from './read-store-settings.ts';
export type { ServerOverrides } from './read-settings.ts';
