import { collectDefaultMetrics, Registry } from '@prometheus-io/client';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Watchword } from 'watchword';
import type { AdminCredential } from '../admin/admin-credential.ts';
import { replyWithProblem } from '../problem-reply.ts';
import { isFromThisMachine } from './from-this-machine.ts';
import { measureEvents } from './measure-events.ts';
import { measureInstallation } from './measure-installation.ts';
import { measureRequests } from './measure-requests.ts';
import { createTemplateFinder } from './route-templates.ts';

export interface MetricsParts {
  readonly auth: Watchword;
  readonly credential: AdminCredential;
  /** In production a proxy on the same machine may look like a neighbour, so that all need the credential. */
  readonly production: boolean;
  /** The routes that requests are counted by. */
  readonly templates: readonly string[];
}

/** Measures the server and its process, and answers `/metrics` to whoever may look. */
export function addMetrics(
  app: FastifyInstance,
  { auth, credential, production, templates }: MetricsParts,
): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  measureRequests(app.server, registry, createTemplateFinder(templates));
  measureEvents(auth.events, registry);
  measureInstallation(auth, registry);

  const mayLook = ({ raw, headers }: FastifyRequest): boolean =>
    (!production && isFromThisMachine(raw)) || credential.isIn(headers.authorization);

  app.get('/metrics', async (request, reply) => {
    if (!mayLook(request)) return replyWithProblem(reply, auth, 'ERR_ADMIN_CREDENTIAL');
    const text = await registry.metrics();
    return reply.header('cache-control', 'no-store').type(registry.contentType).send(text);
  });
}
