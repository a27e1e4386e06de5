import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../../setup/root.js';

const example = join(root, 'examples/express');
const readExample = (/** @type {string} */ file) => readFileSync(join(example, file), 'utf8');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/**
 * What somebody copies out of a text.
 *
 * @param {string} text
 * @param {string} language
 */
function blocks(text, language) {
  return [...text.matchAll(new RegExp(`^ *\`\`\`${language}\n([^]*?)^ *\`\`\`$`, 'gm'))].map(
    ([, block]) => block ?? '',
  );
}

/**
 * @param {import('./packed-project.js').PackedProject} project with the packed library and Express installed
 */
export function describeExample(project) {
  describe('examples/express, with the packed library', () => testExample(project));
}

/** @param {import('./packed-project.js').PackedProject} project */
function testExample(project) {
  /** @type {import('node:child_process').ChildProcess} */
  let app;
  let port = 0;
  let said = '';
  /** The example has a port of its own; here any that is free takes its place. @param {string} text */
  const moved = (text) => text.replaceAll('3000', String(port));

  before(async () => {
    port = await freePort();
    project.write('app.mjs', moved(readExample('app.mjs')));
    app = spawn(process.execPath, ['app.mjs'], { cwd: project.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [app.stdout, app.stderr]) output?.on('data', (chunk) => (said += chunk));
    while (!(await answers(port))) {
      assert.equal(app.exitCode, null, said);
      await pause(20);
    }
  });
  after(async () => {
    const exited = once(app, 'exit');
    if (app.exitCode === null && app.kill('SIGKILL')) await exited;
  });

  test("is the README's first screen, word for word", () => {
    assert.ok(blocks(readme, 'js').includes(`// app.mjs\n${readExample('app.mjs')}`));
  });

  test('is ten lines or so', () => {
    const lines = readExample('app.mjs')
      .split('\n')
      .filter((line) => line.trim() !== '');
    assert.ok(lines.length <= 12, `${lines.length} lines`);
  });

  test('asks for the versions that this repository has', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { version, dependencies } = JSON.parse(readExample('package.json'));
    assert.equal(version, manifest.version);
    assert.deepEqual(dependencies, {
      express: manifest.devDependencies.express,
      watchword: manifest.version,
    });
  });

  test("the steps of the README's first screen do what it says", async () => {
    const [firstScreen = ''] = readme.split(/^## /m);
    const [install, ...steps] = blocks(firstScreen, 'sh');
    assert.equal(install, 'npm install watchword express\n');
    const all = steps.join('');
    assert.match(
      all,
      /^node app\.mjs$/m,
      'in a terminal of its own: in the background, it is not there yet when asked',
    );
    const output = await paste(all.replace(/^node app\.mjs\n/m, ''));
    assert.match(output, /"code":"ERR_TOKEN_MISSING"[^]*\{"subject":"[0-9a-f-]{36}"\}/);
  });

  test('the steps of its own README do what it says', async () => {
    const [install, start, ...steps] = blocks(readExample('README.md'), 'sh');
    assert.deepEqual([install, start], ['npm install\n', 'node app.mjs\n']);
    const output = await paste(steps.join('').replaceAll('ada@', 'grace@'));
    assert.match(output, /^HTTP\/1\.1 401 [^]*ERR_TOKEN_MISSING/);
    assert.match(output, /\{"subject":"[0-9a-f-]{36}"\}/);
    assert.match(output, /"generation":2\}[^]*"refresh_token":"wwr_/);
    assert.match(output, /HTTP\/1\.1 204 [^]*HTTP\/1\.1 401 [^]*ERR_TOKEN_REVOKED/);
  });

  test('says nothing and keeps its data to itself', () => {
    assert.equal(said, '');
    for (const file of ['watchword.db', 'watchword.db.secret']) {
      assert.equal(statSync(join(project.folder, file)).mode & 0o777, 0o600, file);
    }
  });

  /** @param {string} commands */
  async function paste(commands) {
    if (!(await hasCurl())) standInForCurl(project);
    const env = {
      ...process.env,
      PATH: `${project.folder}/bin:${join(process.execPath, '..')}:${process.env.PATH}`,
    };
    const { stdout } = await promisify(execFile)('sh', ['-ec', moved(commands)], {
      cwd: project.folder,
      env,
    });
    return stdout;
  }
}

const hasCurl = () =>
  promisify(execFile)('curl', ['--version']).then(
    () => true,
    () => false,
  );

/**
 * A machine may have no curl, and the steps are the same: these are the options that they use.
 *
 * @param {import('./packed-project.js').PackedProject} project
 */
function standInForCurl(project) {
  project.write(
    'bin/curl',
    `#!${process.execPath}
    const { parseArgs } = require('node:util');
    const option = (short, type = 'string') => ({ short, type });
    const options = { i: option('i', 'boolean'), s: option('s', 'boolean'), o: option('o'), d: option('d'), X: option('X') };
    const { values, positionals: [url] } = parseArgs({ options: { ...options, H: { ...option('H'), multiple: true } }, allowPositionals: true });
    const headers = Object.fromEntries((values.H ?? []).map((header) => header.split(/: */, 2)));
    fetch(url, { method: values.X ?? (values.d ? 'POST' : 'GET'), headers, body: values.d }).then(async (response) => {
      const text = await response.text();
      if (values.i) process.stdout.write('HTTP/1.1 ' + response.status + ' ' + response.statusText + '\\n\\n');
      if (values.o) require('node:fs').writeFileSync(values.o, text);
      else process.stdout.write(text);
    });`,
  );
  project.write('bin/package.json', '{}');
  chmodSync(join(project.folder, 'bin/curl'), 0o755);
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @param {number} port */
function answers(port) {
  return fetch(`http://localhost:${port}/`).then(
    () => true,
    () => false,
  );
}
