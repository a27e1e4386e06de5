import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startPostgres } from '../../../../tools/test-servers/index.ts';
import { SECRET } from '../start/server-process.ts';
import { startAdminHost } from './admin-host.ts';

test('settings are those that are in force, defaults included', async (t) => {
  const host = await startAdminHost(t);
  const { status, body } = await host.admin('GET', '/admin/v1/settings');
  assert.equal(status, 200);
  const { versions, ...rest } = body;
  assert.deepEqual(rest, {
    issuer: 'http://localhost:8787',
    audience: ['http://localhost:8787'],
    algorithm: null,
    access_token_ttl_seconds: 900,
    idle_ttl_seconds: 604_800,
    absolute_ttl_seconds: 2_592_000,
    unremembered_ttl_seconds: 86_400,
    browser_sessions: 'jwt',
    rotation: 'resilient',
    race_window_ms: 10_000,
    max_staleness_ms: 10_000,
    session_limit: null,
    origins: [],
    store: { kind: 'sqlite', address: 'watchword.db' },
    relay: null,
    production: false,
  });
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
  assert.deepEqual(versions, { node: process.versions.node, watchword: manifest.version });
});

test('what the environment sets is there, but for its secrets', async (t) => {
  const host = await startAdminHost(t, {
    NODE_ENV: 'production',
    WATCHWORD_SECRET: SECRET,
    WATCHWORD_ISSUER: 'https://app.example',
    WATCHWORD_ALGORITHM: 'EdDSA',
    WATCHWORD_ROTATION: 'strict',
    WATCHWORD_SESSION_LIMIT: '3',
    WATCHWORD_SESSION_LIMIT_POLICY: 'refuse',
    WATCHWORD_ORIGINS: 'https://admin.example',
  });
  const { body, text } = await host.admin('GET', '/admin/v1/settings');
  assert.deepEqual(
    [body.issuer, body.algorithm, body.rotation, body.session_limit, body.origins, body.production],
    [
      'https://app.example',
      'EdDSA',
      'strict',
      { per_subject: 3, when_reached: 'refuse' },
      ['https://admin.example'],
      true,
    ],
  );
  assert.ok(!text.includes(SECRET) && !text.includes(host.credential.token));
});

test('of PostgreSQL and Redis it is shown where they are, and no password', async (t) => {
  const postgres = await startPostgres({ after });
  // The library reads it from the process itself.
  process.env['WATCHWORD_SECRET'] = SECRET;
  t.after(() => delete process.env['WATCHWORD_SECRET']);
  // It lets everybody in, with whatever password.
  const url = postgres.url.replace('@', ':sesame@');
  const host = await startAdminHost(t, {
    WATCHWORD_DATABASE_URL: url,
    WATCHWORD_REDIS_URL: 'redis://:sesame@127.0.0.1:1/2',
  });
  const { body, text } = await host.admin('GET', '/admin/v1/settings');
  assert.deepEqual(
    [body.store, body.relay],
    [
      { kind: 'postgres', address: `postgres://127.0.0.1:${postgres.port}/watchword` },
      { kind: 'redis', address: 'redis://127.0.0.1:1/2' },
    ],
  );
  assert.doesNotMatch(text, /sesame/);
});
