// One application with one route, in a process of its own: GUARD_FRAMEWORK says in which framework, GUARD_BY by whom it is guarded.
import { randomBytes } from 'node:crypto';
import { serve } from '../refresh-http/serve.ts';
import { openWatchword, sessionTokens, tokensUnder } from './tokens.ts';
import type { StartApplication, Variant } from './application.ts';
import { startExpress } from './express-application.ts';
import { startFastify } from './fastify-application.ts';
import { startHono } from './hono-application.ts';
import { startNode } from './node-application.ts';

const APPLICATIONS: Readonly<Record<string, StartApplication>> = {
  express: startExpress,
  fastify: startFastify,
  hono: startHono,
  node: startNode,
};

const { GUARD_FRAMEWORK = '', GUARD_BY = '', PORT } = process.env;
const start = APPLICATIONS[GUARD_FRAMEWORK];
if (start === undefined) throw new Error(`no application for ${GUARD_FRAMEWORK}`);
const secret = randomBytes(32).toString('hex');

async function variantFor(name: string): Promise<Variant> {
  switch (name) {
    case 'watchword':
      return { kind: 'watchword', auth: await openWatchword() };
    case 'idle':
      return { kind: 'idle' };
    case 'peer':
    case 'cached_peer':
      return { kind: 'peer', secret, cached: name === 'cached_peer' };
    default:
      return { kind: 'bare' };
  }
}

const variant = await variantFor(GUARD_BY);
await start(variant, Number(PORT));
serve((count) =>
  variant.kind === 'watchword' ? sessionTokens(variant.auth, count) : tokensUnder(secret, count),
);
