import { addAdminRoutes } from './admin/admin-routes.ts';
import { createAdminCredential } from './admin/admin-credential.ts';
import { buildApp } from './build-app.ts';
import { createLogger } from './logging/create-logger.ts';
import { openInstallation } from './open-installation.ts';
import type { ServerOverrides } from './read-settings.ts';

/** The admin API without a server: the same routes over the same installation, asked in this process. */
export interface AdminApi {
  request(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  close(): Promise<void>;
}

/** Opens it beside whatever other processes use the installation. Rejects as `startServer` does. */
export async function openAdminApi(
  environment: NodeJS.ProcessEnv,
  overrides: ServerOverrides = {},
): Promise<AdminApi> {
  const { auth, settings } = await openInstallation(environment, overrides);
  const credential = createAdminCredential();
  const app = await buildApp(auth, createLogger({ level: 'silent' }), settings.watchword.issuer);
  await addAdminRoutes(app, credential, { auth, settings, events: undefined });
  return {
    async request(method, path, body) {
      const answer = await app.inject({
        method,
        url: path,
        headers: { authorization: `Bearer ${credential.token}` },
        ...(body !== undefined && { payload: body }),
      });
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json<unknown>() };
    },
    async close() {
      await app.close();
      await auth.close();
    },
  };
}
