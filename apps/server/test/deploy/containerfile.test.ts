import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bareEnvironment, freePort, startReady } from '../start/server-process.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const FILE = join(ROOT, 'deploy/Containerfile');

/** The instructions of the file, continued lines joined. */
async function instructions(): Promise<readonly (readonly [name: string, rest: string])[]> {
  const text = (await readFile(FILE, 'utf8')).replaceAll(/\\\n\s*/g, '');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    return [name, rest] as const;
  });
}

async function all(name: string): Promise<readonly string[]> {
  return (await instructions()).filter(([each]) => each === name).map(([, rest]) => rest);
}

test('what is copied exists: in the repository, or once it is installed and built', async () => {
  const ignored = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n');
  for (const rest of await all('COPY')) {
    const [, from, paths = ''] = /^(--from=build )?(.*)$/.exec(rest) ?? [];
    const sources = paths.split(' ').slice(0, -1);
    for (const source of sources) {
      const path = from === undefined ? source : source.replace('/build/', '');
      assert.ok(existsSync(join(ROOT, path)), path);
      if (from !== undefined) continue;
      const isSent = ignored.some((line) => line.startsWith('!') && matches(line.slice(1), path));
      assert.ok(isSent, `${path} is kept from the build by .dockerignore`);
    }
  }
});

function matches(pattern: string, path: string): boolean {
  const [start = '', end = ''] = pattern.split('*');
  return pattern.includes('*') ? path.startsWith(start) && path.endsWith(end) : path === pattern;
}

test('every package of the lockfile that the server needs is of a workspace that is installed', async () => {
  const { workspaces } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const install = (await all('RUN')).find((command) => command.startsWith('npm ci')) ?? '';
  const folders = new Map<string, string>();
  for (const folder of workspaces as readonly string[]) {
    const { name } = JSON.parse(await readFile(join(ROOT, folder, 'package.json'), 'utf8'));
    folders.set(name, folder);
  }
  const needed = ['@watchword/cli'];
  for (const name of needed) {
    const folder = folders.get(name) ?? '';
    assert.ok(install.includes(`--workspace ${folder}`), name);
    const { dependencies = {} } = JSON.parse(await readFile(join(ROOT, folder, 'package.json'), 'utf8'));
    needed.push(...Object.keys(dependencies).filter((each) => folders.has(each) && !needed.includes(each)));
  }
  assert.ok(needed.includes('watchword'));
});

test('it runs as nobody special, from one pinned line of Node, and is stopped as the server expects', async () => {
  const bases = (await all('FROM')).map((base) => base.split(' ')[0]);
  assert.deepEqual(bases, ['node:24-trixie-slim', 'node:24-trixie-slim']);
  assert.deepEqual(await all('USER'), ['1000:1000']);
  assert.deepEqual(await all('STOPSIGNAL'), ['SIGTERM']);
  assert.deepEqual(await all('VOLUME'), ['/data']);
});

test('its command is the command of this repository', async () => {
  const [command = ''] = await all('CMD');
  const [program, script = '', ...args] = JSON.parse(command);
  assert.deepEqual([program, args], ['node', ['serve']]);
  assert.ok(existsSync(join(ROOT, script)));
});

test('its health check tells a server that lives from one that does not', async (t) => {
  const [check = ''] = await all('HEALTHCHECK');
  const [program, ...args] = JSON.parse(check.slice(check.indexOf('CMD ') + 4));
  assert.equal(program, 'node');
  const { port } = await startReady(t, { environment: { HOST: '127.0.0.1' } });
  const codeOn = (each: number) =>
    spawnSync(process.execPath, args, { env: { ...bareEnvironment(), PORT: String(each) } }).status;
  assert.equal(codeOn(port), 0);
  assert.equal(codeOn(await freePort()), 1);
});
