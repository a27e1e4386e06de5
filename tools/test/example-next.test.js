/*
 * Builds and starts examples/next, with the packed library, and uses it with Chromium. In the long run only: Next.js is a few hundred megabytes.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { chromiumPath } from '../setup/chromium.js';
import { repositoryNode } from '../setup/node-version.js';
import { root } from '../setup/root.js';
import { npm, packLibrary } from './support/packed-project.js';

const example = join(root, 'examples/next');
const isLong = process.env.WATCHWORD_LONG !== undefined;
const minute = 60_000;

describe('examples/next, with the packed library', { skip: !isLong, timeout: 20 * minute }, () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'watchword-next-')));
  const next = [join(folder, 'node_modules/next/dist/bin/next')];
  const secret = randomBytes(32).toString('hex');
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', WATCHWORD_SECRET: secret };
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let app;
  /** @type {import('playwright-core').Browser | undefined} */
  let browser;
  let url = '';

  before(async () => {
    cpSync(example, folder, { recursive: true });
    const port = await freePort();
    url = `http://localhost:${port}`;
    const file = join(folder, 'lib/auth.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace('3000', String(port)));
    await install(folder);
    await run([...next, 'build']);
    app = start([...next, 'start', '-H', 'localhost', '-p', String(port)]);
    while (!(await answers(url))) {
      assert.equal(app.exitCode, null);
      await pause(100);
    }
    browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    if (app !== undefined && app.exitCode === null) {
      const exited = once(app, 'exit');
      app.kill('SIGKILL');
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('whoever is signed in stays so, page after page, and is out once signed out', async () => {
    assert.ok(browser);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign up' }).click();
    const subject = await page.locator('output').textContent();
    await page.getByLabel('Note').fill('remember the milk');
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByText('remember the milk').waitFor();

    const before = await held(context);
    await context.clearCookies({ name: '__Host-ww_at' });
    const response = await page.goto(url);
    assert.match((await response?.text()) ?? '', new RegExp(String(subject)), 'rendered on the server');
    const renewed = await held(context);
    assert.ok(renewed['__Host-ww_at']);
    assert.notEqual(renewed['__Host-ww_rt'], before['__Host-ww_rt']);
    const notes = await context.request.get(`${url}/notes`);
    assert.deepEqual(await notes.json(), ['remember the milk']);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.equal((await context.request.get(`${url}/notes`)).status(), 401);
    assert.deepEqual(Object.keys(await held(context)), []);
  });

  test('a form of a page without script goes through after the access token has expired', async () => {
    assert.ok(browser);
    const signedIn = await browser.newContext();
    const headers = { origin: url };
    const data = { email: 'grace@example.com', password: 'correct horse battery' };
    assert.equal((await signedIn.request.post(`${url}/auth/sign-up`, { headers, data })).status(), 201);
    const context = await browser.newContext({
      javaScriptEnabled: false,
      storageState: await signedIn.storageState(),
    });
    const page = await context.newPage();
    await page.goto(url);
    await page.getByLabel('Note').fill('sent late');
    await context.clearCookies({ name: '__Host-ww_at' });
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByText('sent late').waitFor();
    assert.ok((await held(context))['__Host-ww_at']);
  });

  /** @param {string[]} args */
  function start(args) {
    return spawn(repositoryNode(root), args, { cwd: folder, env, stdio: 'inherit' });
  }

  /** @param {string[]} args */
  async function run(args) {
    const [code] = await once(start(args), 'exit');
    assert.equal(code, 0, args.join(' '));
  }
});

/**
 * Ours come from the tarballs, all others at the versions of the lock file.
 *
 * @param {string} folder
 */
async function install(folder) {
  const { path } = await packLibrary(folder);
  const { stdout } = await npm(
    ['pack', '--json', '--pack-destination', folder],
    join(root, 'packages/client'),
  );
  const [{ filename }] = JSON.parse(stdout);
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.dependencies.watchword = `file:${path}`;
  manifest.dependencies['@watchword/client'] = `file:${join(folder, filename)}`;
  writeFileSync(file, JSON.stringify(manifest));
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund'], folder);
}

/** @param {import('playwright-core').BrowserContext} context */
async function held(context) {
  const cookies = await context.cookies();
  return Object.fromEntries(
    cookies.filter(({ name }) => name.startsWith('__Host-')).map(({ name, value }) => [name, value]),
  );
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @param {string} url */
function answers(url) {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
