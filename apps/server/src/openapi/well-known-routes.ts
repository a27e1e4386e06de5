import { z } from 'zod';
import type { RouteDescription } from './route-description.ts';

const url = z.string().meta({ format: 'uri' });

/** What everybody may know about the installation. */
export const WELL_KNOWN_ROUTES: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/.well-known/jwks.json',
    group: 'well-known',
    summary: 'The public keys, RFC 7517',
    description: 'Where all keys are secrets there is no such address.',
    security: [],
    responses: {
      200: {
        description: 'The keys that verify now.',
        schema: z.object({
          keys: z.array(
            z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string() }),
          ),
        }),
      },
    },
    refusals: ['ERR_ROUTE_UNKNOWN'],
  },
  {
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    group: 'well-known',
    summary: 'What is there for OAuth clients, RFC 8414',
    security: [],
    responses: {
      200: {
        description: 'The metadata.',
        schema: z.looseObject({
          issuer: url,
          token_endpoint: url,
          jwks_uri: url.optional(),
          response_types_supported: z.array(z.string()),
          grant_types_supported: z.array(z.string()),
          revocation_endpoint: url,
          introspection_endpoint: url,
        }),
      },
    },
    refusals: [],
  },
];
