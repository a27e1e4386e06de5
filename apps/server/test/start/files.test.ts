import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SECRET, startReady, startServe } from './server-process.ts';

async function modesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => [name, await modeOf(join(folder, name))] as const),
  );
  return { '.': await modeOf(folder), ...Object.fromEntries(files.toSorted()) };
}

for (const umask of ['000', '022']) {
  test(`whatever the umask, here ${umask}, the data is for its owner alone`, async (t) => {
    const { server, url, data, environment } = await startReady(t, { umask });
    const body = '{"email":"ada@example.com","password":"correct horse battery","delivery":"body"}';
    const headers = { 'content-type': 'application/json' };
    assert.equal((await fetch(`${url}/auth/sign-up`, { method: 'POST', headers, body })).status, 201);
    const modes = await modesOf(data);
    assert.deepEqual(modes, {
      '.': '700',
      'admin.token': '600',
      'server.json': '600',
      'watchword.db': '600',
      'watchword.db-shm': '600',
      'watchword.db-wal': '600',
      'watchword.db.secret': '600',
    });
    server.signal('SIGTERM');
    await server.ended();
    const again = startServe(t, { umask, environment });
    await again.ready();
    assert.equal((await fetch(`${url}/auth/sign-in`, { method: 'POST', headers, body })).status, 200);
    assert.equal((await modesOf(data))['watchword.db-wal'], '600');
  });
}

test('production keeps no secret beside the data', async (t) => {
  const { data } = await startReady(t, {
    umask: '000',
    environment: { NODE_ENV: 'production', WATCHWORD_SECRET: SECRET },
  });
  const modes = await modesOf(data);
  assert.deepEqual(Object.keys(modes), [
    '.',
    'admin.token',
    'server.json',
    'watchword.db',
    'watchword.db-shm',
    'watchword.db-wal',
  ]);
  assert.ok(Object.values(modes).every((mode) => mode === '600' || mode === '700'));
});
