import { z } from 'zod';
import type { RouteDescription } from './route-description.ts';
import { ACCESS_TOKEN_REFUSALS } from './shared-refusals.ts';

/** What the server answers itself. */
export const SERVER_ROUTES: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/healthz',
    group: 'operations',
    summary: 'Whether the process lives',
    security: [],
    responses: { 200: { description: 'It does.', schema: z.object({ status: z.literal('ok') }) } },
    refusals: [],
    isProbe: true,
  },
  {
    method: 'GET',
    path: '/readyz',
    group: 'operations',
    summary: 'Whether the store answers and can write',
    security: [],
    responses: { 200: { description: 'It does.', schema: z.object({ status: z.literal('ready') }) } },
    refusals: [],
    isProbe: true,
  },
  {
    method: 'GET',
    path: '/metrics',
    group: 'operations',
    summary: 'Figures for Prometheus',
    description: 'For programs on the same machine that come without a proxy, and for the admin credential.',
    security: ['admin', 'anonymous'],
    responses: { 200: { description: 'The figures.', type: 'text/plain', schema: z.string() } },
    refusals: ['ERR_ADMIN_CREDENTIAL'],
  },
  {
    method: 'GET',
    path: '/openapi.json',
    group: 'operations',
    summary: 'This document',
    security: [],
    responses: { 200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) } },
    refusals: [],
  },
  {
    method: 'GET',
    path: '/me',
    group: 'operations',
    summary: 'Who asks: the guarded route that the page calls',
    security: ['accessToken', 'accessCookie'],
    responses: {
      200: {
        description: 'Who asks.',
        schema: z.object({
          subject: z.string(),
          session_id: z.string().optional(),
          scope: z.array(z.string()),
        }),
      },
    },
    refusals: ACCESS_TOKEN_REFUSALS,
  },
];
