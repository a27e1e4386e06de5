import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRelaySetting, readStoreSettings, shownAddress } from '../../src/read-store-settings.ts';
import { temporaryFolder } from './server-process.ts';

const URL_WITH_PASSWORD = 'postgres://ada:sesame@db.example:5433/app';

test('SQLite in the data directory, unless PostgreSQL is named', () => {
  assert.deepEqual(readStoreSettings({ WATCHWORD_DATABASE_URL: '' }, '/data'), {
    kind: 'sqlite',
    path: '/data/watchword.db',
  });
  const set = {
    WATCHWORD_DATABASE_URL: URL_WITH_PASSWORD,
    WATCHWORD_DATABASE_LISTEN_URL: 'postgres://direct.example/app',
    WATCHWORD_DATABASE_CONNECTIONS: '20',
  };
  assert.deepEqual(readStoreSettings(set, '/data'), {
    kind: 'postgres',
    url: URL_WITH_PASSWORD,
    options: { connections: 20, listenUrl: 'postgres://direct.example/app' },
  });
});

test('addresses are taken from files that others cannot read', async (t) => {
  const file = join(await temporaryFolder(t), 'address');
  const read = () => [
    readStoreSettings({ WATCHWORD_DATABASE_URL_FILE: file }, '/data'),
    readRelaySetting({ WATCHWORD_REDIS_URL_FILE: file }),
  ];
  await writeFile(file, `${URL_WITH_PASSWORD}\n`, { mode: 0o600 });
  assert.deepEqual(read(), [{ kind: 'postgres', url: URL_WITH_PASSWORD, options: {} }, URL_WITH_PASSWORD]);
  await chmod(file, 0o644);
  assert.throws(read, /WATCHWORD_DATABASE_URL_FILE names can be read by everybody.*chmod 600/);
  await chmod(file, 0o600);
  for (const content of [' \n', 'x'.repeat(5000)]) {
    await writeFile(file, content);
    assert.throws(read, /WATCHWORD_DATABASE_URL_FILE names is empty, or too long/);
  }
});

test('what is shown of an address is where it leads', () => {
  const shown = {
    [URL_WITH_PASSWORD]: 'postgres://db.example:5433/app',
    'postgresql://db.example/app?user=ada&password=sesame': 'postgresql://db.example/app',
    'postgres:///app?host=/run/postgresql': 'postgres:///app',
    'rediss://:sesame@cache.example:6380/1': 'rediss://cache.example:6380/1',
  };
  for (const [address, expected] of Object.entries(shown)) assert.equal(shownAddress(address), expected);
});
