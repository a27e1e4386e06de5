import { z } from 'zod';
import { CLIENT_REFUSALS } from './oauth-routes.ts';
import type { RouteDescription } from './route-description.ts';
import { BODY_REFUSALS } from './shared-refusals.ts';

const NAME = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u;
const HEX_ID = /^[0-9a-f]{32}$/;

const nonce = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('Stands in the first checkpoint of the answer.')
  .optional();

const checkpoint = z
  .string()
  .describe('A compact JWS of the type `ww-feed+jwt`, signed with a key of the feed.');

const use = z.tuple([
  z
    .string()
    .regex(/^[A-Za-z0-9_-]{21}[AQgw]$/)
    .describe('`jti`'),
  z
    .string()
    .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    .describe('`sid`'),
  z.number().int().min(0).max(0xffff_ffff).describe('`ww_gen`'),
  z.number().int().min(0).describe('How many milliseconds old it was.'),
]);

/** How verifiers in other services learn what was revoked: clients with the role `verifier`. */
export const FEED_ROUTES: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/feed/keys',
    group: 'feed',
    summary: 'The public keys that the feed is signed with',
    description: 'They are never keys of tokens.',
    security: [],
    responses: {
      200: {
        description: 'All keys that signed or will sign.',
        schema: z.object({
          keys: z.array(z.looseObject({ kty: z.literal('OKP'), kid: z.string(), alg: z.literal('EdDSA') })),
        }),
      },
    },
    refusals: [],
  },
  {
    method: 'GET',
    path: '/feed',
    group: 'feed',
    summary: 'What is revoked, as it happens',
    description:
      'Server-sent events: `records`, entries of the revocation log, and `checkpoint`, which signs all before it, at once after each ' +
      'batch and once a second. The `id` of a checkpoint is the position to go on from.',
    security: ['client'],
    query: z.object({ nonce }),
    headers: z.object({
      'Last-Event-ID': z
        .string()
        .regex(/^[0-9a-f]{32}\.(0|[1-9]\d{0,15})\.[A-Za-z0-9_-]{43}$/)
        .describe('The position of a snapshot, or the id of the last event.'),
    }),
    responses: {
      200: {
        description: 'Events until either side ends it.',
        type: 'text/event-stream',
        schema: z.string(),
      },
    },
    refusals: ['ERR_FEED_POSITION_INVALID', 'ERR_FEED_POSITION', 'ERR_FEED_STALE', 'ERR_BODY_INVALID'],
    otherRefusals: CLIENT_REFUSALS,
  },
  {
    method: 'GET',
    path: '/feed/snapshot',
    group: 'feed',
    summary: 'All that is revoked and still matters',
    security: ['client'],
    query: z.object({ nonce }),
    responses: {
      200: {
        description: 'Frames, the last of which is a checkpoint over the others.',
        type: 'application/vnd.watchword.feed-snapshot',
        schema: z.string(),
      },
    },
    refusals: ['ERR_FEED_STALE', 'ERR_BODY_INVALID'],
    otherRefusals: CLIENT_REFUSALS,
  },
  {
    method: 'POST',
    path: '/feed/receipts',
    group: 'feed',
    summary: 'Acknowledge what was taken in',
    description: 'And report which tokens were seen in use, so that their generations settle.',
    security: ['client'],
    body: {
      type: 'application/json',
      schema: z.object({
        instance: z.string().regex(HEX_ID).describe('Which process it is: random.'),
        name: z.string().max(64).regex(NAME),
        version: z.string().max(64).regex(NAME),
        epoch: z.string().regex(HEX_ID),
        sequence: z.number().int().min(0),
        hash: z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/),
        nonce,
        closing: z.boolean().describe('The process stops, and is to be forgotten.').optional(),
        uses: z.array(use).max(500).optional(),
      }),
      optional: false,
    },
    responses: {
      200: { description: 'Noted.', schema: z.object({ checkpoint }) },
    },
    refusals: [
      ...BODY_REFUSALS,
      'ERR_FEED_POSITION_INVALID',
      'ERR_FEED_POSITION',
      'ERR_FEED_INSTANCES',
      'ERR_FEED_STALE',
    ],
    otherRefusals: CLIENT_REFUSALS,
  },
];
