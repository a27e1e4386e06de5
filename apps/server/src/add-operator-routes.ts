import type { FastifyInstance } from 'fastify';
import type { AdminContext } from './admin/admin-context.ts';
import type { AdminCredential } from './admin/admin-credential.ts';
import { addAdminRoutes } from './admin/admin-routes.ts';
import { addMetrics } from './metrics/metrics-route.ts';
import { ALL_ROUTES } from './openapi/all-routes.ts';
import { addOpenApiRoute } from './openapi/open-api-route.ts';

/** Adds what operators use beside the page's routes: the admin API, `/metrics`, `/openapi.json`. */
export async function addOperatorRoutes(
  app: FastifyInstance,
  credential: AdminCredential,
  context: AdminContext,
): Promise<void> {
  await addAdminRoutes(app, credential, context);
  const { auth, settings } = context;
  const templates = ALL_ROUTES.map(({ path }) => path);
  addMetrics(app, { auth, credential, production: settings.production, templates });
  addOpenApiRoute(app);
}
