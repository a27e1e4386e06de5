import type { FastifyInstance } from 'fastify';
import { SERVER_VERSION } from '../server-version.ts';
import { ALL_ROUTES } from './all-routes.ts';
import { openApiDocument } from './open-api-document.ts';

/** Adds `/openapi.json`. The document is made when it is first asked for, and then kept. */
export function addOpenApiRoute(app: FastifyInstance): void {
  let text: string | undefined;
  app.get('/openapi.json', async (_request, reply) => {
    text ??= JSON.stringify(openApiDocument(ALL_ROUTES, SERVER_VERSION));
    return reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8').send(text);
  });
}
