// Applications with one route each: GUARD_FRAMEWORK says in which framework, GUARD_PORTS by whom they are guarded and where they listen.
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

const { GUARD_FRAMEWORK = '', GUARD_PORTS = '{}' } = process.env;
const start = APPLICATIONS[GUARD_FRAMEWORK];
if (start === undefined) throw new Error(`no application for ${GUARD_FRAMEWORK}`);
const secret = randomBytes(32).toString('hex');
const auth = await openWatchword();

function variantFor(name: string): Variant {
  switch (name) {
    case 'watchword':
      return { kind: 'watchword', auth };
    case 'idle':
      return { kind: 'idle' };
    case 'peer':
    case 'cached_peer':
      return { kind: 'peer', secret, cached: name === 'cached_peer' };
    default:
      return { kind: 'bare' };
  }
}

const ports = JSON.parse(GUARD_PORTS) as Readonly<Record<string, number>>;
for (const [name, port] of Object.entries(ports)) await start(variantFor(name), port);
// First those of ours, then as many for the peers.
serve(async (count) => [...(await sessionTokens(auth, count)), ...(await tokensUnder(secret, count))]);
