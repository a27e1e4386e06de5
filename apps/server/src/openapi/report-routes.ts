import { z } from 'zod';
import type { RouteDescription } from './route-description.ts';
import { BODY_REFUSALS } from './shared-refusals.ts';

const single = z
  .object({
    'csp-report': z.object({
      'document-uri': z.string().optional(),
      'effective-directive': z.string().optional(),
      'blocked-uri': z.string().optional(),
      'source-file': z.string().optional(),
      'line-number': z.number().int().optional(),
      disposition: z.enum(['enforce', 'report']).optional(),
    }),
  })
  .meta({
    id: 'CspReport',
    description: 'What `report-uri` has browsers send. Other members are not looked at.',
  });

const gathered = z
  .array(
    z.object({
      type: z.string(),
      body: z
        .object({
          documentURL: z.string().optional(),
          effectiveDirective: z.string().optional(),
          blockedURL: z.string().optional(),
          sourceFile: z.string().optional(),
          lineNumber: z.number().int().optional(),
          disposition: z.enum(['enforce', 'report']).optional(),
        })
        .optional(),
    }),
  )
  .meta({
    id: 'GatheredReports',
    description:
      'What `report-to` has browsers send. Of other types than `csp-violation` nothing is made; other members are not looked at.',
  });

/** What browsers say of pages. */
export const REPORT_ROUTES: readonly RouteDescription[] = [
  {
    method: 'POST',
    path: '/auth/reports',
    group: 'pages',
    summary: 'Report what the content security policy of a page kept from happening',
    description:
      'Browsers send these by themselves. Each becomes an event; in a flood they are counted, and answered alike.',
    security: [],
    body: {
      type: 'application/csp-report',
      schema: single,
      alternative: { type: 'application/reports+json', schema: gathered },
      optional: false,
    },
    responses: { 204: { description: 'Taken in, or counted.' } },
    refusals: BODY_REFUSALS,
  },
];
