import { z } from 'zod';
import type { RouteDescription } from './route-description.ts';
import { selfCheckSchema } from './self-check-schema.ts';

const arrival = z.enum(['intact', 'missing', 'changed']);

const probeAnswer = z
  .object({
    proof: z.string(),
    stamp: z.string(),
    host: z.string(),
    scheme: z.string(),
    headers: z.record(z.string(), arrival),
  })
  .meta({ id: 'ProbeAnswer', description: 'What arrived of the probe.' });

function probeRoute(method: 'GET' | 'POST'): RouteDescription {
  return {
    method,
    path: '/auth/self-check/{probe}',
    group: 'pages',
    summary: 'What the server asks itself in a self-check',
    description: 'Only a probe is answered that this installation has made within the last minute.',
    security: [],
    params: z.object({ probe: z.string() }),
    responses: { 200: { description: 'The probe arrived.', schema: probeAnswer } },
    refusals: ['ERR_ROUTE_UNKNOWN'],
  };
}

/** What proxies do to requests and answers. */
export const SELF_CHECK_ROUTES: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/auth/self-check',
    group: 'pages',
    summary: 'What the proxies in front break',
    description: 'In production it is not there: see `GET /admin/v1/self-check`.',
    security: [],
    responses: { 200: { description: 'What was seen, at most ten seconds ago.', schema: selfCheckSchema } },
    refusals: ['ERR_ROUTE_UNKNOWN'],
  },
  probeRoute('GET'),
  probeRoute('POST'),
];
