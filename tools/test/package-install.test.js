import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../setup/root.js';
import { describeExample } from './support/packed-example.js';
import { PackedProject } from './support/packed-project.js';

const isLong = process.env['WATCHWORD_LONG'] === '1';

const ENTRANCES = [
  'watchword',
  'watchword/sqlite',
  'watchword/memory',
  'watchword/express',
  'watchword/node',
  'watchword/fastify',
  'watchword/hono',
  'watchword/web',
  'watchword/testing',
];

const CONSUMER = `
import express from 'express';
import createFastify from 'fastify';
import { Hono } from 'hono';
import { createServer } from 'node:http';
import { createWatchword, ERROR_CATALOGUE, WatchwordError, type Watchword, type WatchwordOptions } from 'watchword';
import { sqlite } from 'watchword/sqlite';
import { memory } from 'watchword/memory';
import { signIn, watchword } from 'watchword/express';
import * as forFastify from 'watchword/fastify';
import * as forHono from 'watchword/hono';
import { authorizeUpgrade, handleRequest } from 'watchword/node';
import { authenticate, handle } from 'watchword/web';

const options: WatchwordOptions = { issuer: 'http://localhost:3000', store: memory(), accounts: true };
export const auth: Watchword = await createWatchword({ ...options, store: sqlite('watchword.db') });
const app = express();
app.use(watchword(auth));
app.get('/me', auth.require({ scope: ['read'], maxAgeSeconds: 60 }), (req, res) => {
  const subject: string = req.auth.subject;
  const session: string | undefined = req.auth.sessionId;
  res.json({ subject, session });
});
app.post('/log-in', express.json(), async (req, res) => {
  const { id, delivery } = await signIn(auth, req, res, { subject: 'ada', amr: ['pwd'] });
  const known: 'cookie' | 'body' = delivery;
  res.json({ id, known });
});
const router = express.Router();
router.use(auth.require());
createServer((req, res) => void handleRequest(auth, req, res).then((answered: boolean) => answered || res.end()));
createServer().on('upgrade', async (req) => void (await authorizeUpgrade(auth, req, { scope: 'live' }))?.token.subject);
const fastify = createFastify();
await fastify.register(forFastify.watchword(auth));
fastify.get<{ Params: { id: string } }>('/me/:id', { onRequest: forFastify.requireAuth(auth) }, (request) => {
  const subject: string = request.auth.subject;
  return { subject, id: request.params.id };
});
const hono = new Hono();
hono.use(forHono.watchword(auth));
hono.get('/me/:id', forHono.requireAuth(auth), (c) => c.text(c.var.auth.subject + c.req.param('id')));
// @ts-expect-error behind an optional guard there may be nobody
hono.get('/maybe', forHono.requireAuth(auth, { optional: true }), (c) => c.text(c.var.auth.subject));
// @ts-expect-error without a guard there is nobody
hono.get('/unguarded', (c) => c.text(c.var.auth.subject));
export const GET = async (request: Request): Promise<Response> => {
  const answered = await handle(auth, request);
  if (answered !== undefined) return answered;
  const who = await authenticate(auth, request, { maxAgeSeconds: 60 });
  return who.kind === 'refused' ? who.response : Response.json(who.token.subject);
};
auth.events.on('refresh_reused', ({ subject, sessionId }) => console.log(subject, sessionId));
const status: 401 = ERROR_CATALOGUE.ERR_TOKEN_EXPIRED.status;
try {
  auth.verify('x');
} catch (error) {
  if (error instanceof WatchwordError && error.code === 'ERR_TOKEN_EXPIRED') console.log(error.detail, status);
}
// @ts-expect-error misspelt options are found by the compiler
auth.require({ scopes: 'read' });
// @ts-expect-error the same for the others
forFastify.requireAuth(auth, { scopes: 'read' });
// @ts-expect-error no such code
console.log(ERROR_CATALOGUE.ERR_NOTHING);
// @ts-expect-error a session needs a subject
await auth.sessions.start({});
`;

const COMMON_JS = `
import watchword = require('watchword');
import { memory } from 'watchword/memory';
export = (): Promise<watchword.Watchword> => watchword.createWatchword({ issuer: 'http://localhost:3000', store: memory() });
`;

describe('the packed library in a project of somebody else', () => {
  const project = new PackedProject();
  before(() => project.install(['express', '@types/express', '@types/node', 'fastify', 'hono']));
  after(() => project.remove());

  test('every entrance can be imported, and required: none waits at its top level', async () => {
    const imports = ENTRANCES.map((name) => `await import('${name}');`).join('\n');
    await project.node(['--input-type=module', '-e', imports]);
    const requires = ENTRANCES.map((name) => `require('${name}');`).join('\n');
    await project.node(['--input-type=commonjs', '-e', requires]);
  });

  test('a CommonJS application signs in and guards', async () => {
    project.write(
      'app.cjs',
      `const { createWatchword } = require('watchword');
      const { sqlite } = require('watchword/sqlite');
      createWatchword({ issuer: 'http://localhost:3000', store: sqlite('common.db') }).then(async (auth) => {
        const { accessToken } = await auth.sessions.start({ subject: 'ada' });
        console.log(auth.verify(accessToken).subject);
        await auth.close();
      });`,
    );
    const { stdout, stderr } = await project.node(['app.cjs']);
    assert.deepEqual([stdout, stderr], ['ada\n', '']);
  });

  test('what is not exported cannot be reached', async () => {
    for (const path of [
      'watchword/dist/engine/engine.js',
      'watchword/src/facade/index.ts',
      'watchword/engine',
    ]) {
      await assert.rejects(
        project.node(['--input-type=module', '-e', `await import('${path}')`]),
        /ERR_PACKAGE_PATH_NOT_EXPORTED/,
      );
    }
  });

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const skip = !isLong && 'part of npm run test:long';
    test(
      `TypeScript checks an application against its types, libraries included (${moduleResolution})`,
      { skip },
      async () => {
        const compilerOptions = {
          target: 'es2024',
          lib: ['es2024'],
          module,
          moduleResolution,
          types: ['node'],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          noEmit: true,
        };
        project.write('types/consumer.mts', CONSUMER);
        if (module === 'nodenext') project.write('types/consumer.cts', COMMON_JS);
        project.write(
          'types/tsconfig.json',
          JSON.stringify({
            compilerOptions,
            include: module === 'nodenext' ? ['*.mts', '*.cts'] : ['*.mts'],
          }),
        );
        const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'types'], {
          cwd: project.folder,
          encoding: 'utf8',
        });
        assert.deepEqual([status, stdout], [0, '']);
      },
    );
  }

  describeExample(project);
});
