import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import helmet from 'helmet';
import { chromium, type Page } from 'playwright-core';
import { createWatchword, type EventOf } from 'watchword';
import { watchword } from 'watchword/express';
import { headersBesidesHelmet, helmetOptions, nonceOf } from 'watchword/headers';
import { memory } from 'watchword/memory';
import { ARGUMENTS } from '../browser/browser.ts';
import { freePort } from '../start/server-process.ts';
import { makeCertificate, type Certificate } from './tls-proxy.ts';

type Reported = EventOf<'csp_reported'>;

interface Site {
  readonly url: string;
  readonly reported: readonly Reported[];
}

/** An application whose page shows what a visitor wrote into it, and forgot to escape that. */
async function serveSite(t: TestContext, certificate?: Certificate): Promise<Site> {
  const port = await freePort();
  const https = certificate !== undefined;
  const url = `${https ? 'https' : 'http'}://localhost:${port}`;
  const auth = await createWatchword({ issuer: url, store: memory() });
  t.after(() => auth.close());
  const reported: Reported[] = [];
  auth.events.on('csp_reported', (event) => reported.push(event));

  const app = express();
  const options = { https };
  const besides = headersBesidesHelmet(options);
  app.use((_request, response, next) => {
    response.set(besides);
    next();
  });
  app.use(helmet(helmetOptions(options)), watchword(auth));
  app.get('/', (request, response) => {
    response.type('html').send(pageOf(nonceOf(response), String(request.query['name'])));
  });
  const scripts = {
    '/main.js': "import './part.js'; window.ran.push('module');",
    '/part.js': "window.ran.push('part of the module');",
    '/loaded.js': "window.ran.push('loaded by script');",
    '/upload.js': "window.ran.push('uploaded by somebody');",
  };
  for (const [path, text] of Object.entries(scripts)) {
    app.get(path, (_request, response) => void response.type('js').send(text));
  }
  const server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.certificate }, app)
    : createServer(app);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, reported };
}

function pageOf(nonce: string, name: string): string {
  return `<!doctype html>
    <html lang="en"><head><title>Hello</title><link rel="icon" href="data:," />
    <style nonce="${nonce}">p { color: rgb(1, 2, 3); }</style></head><body>
    <script nonce="${nonce}">
      window.ran = ['own'];
      const loaded = document.createElement('script');
      loaded.src = '/loaded.js';
      document.head.append(loaded);
    </script>
    <script nonce="${nonce}" type="module" src="/main.js"></script>
    <p>Hello ${name}</p></body></html>`;
}

const INJECTED = [
  "<script>window.ran.push('injected')</script>",
  '<img src="data:," onerror="window.ran.push(\'injected\')">',
  '<script src="/upload.js"></script>',
  '<script nonce="guessed">window.ran.push("injected")</script>',
  '<base href="https://evil.example/">',
  '<object data="/main.js"></object>',
].join('');

async function visit(page: Page, url: string): Promise<readonly string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(`${url}/?name=${encodeURIComponent(INJECTED)}&token=secret`);
  await page.waitForFunction('window.ran?.length >= 4');
  await page.waitForLoadState('load');
  return complaints;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let waits = 0; waits < 400; waits += 1) {
    if (holds()) return;
    await pause(25);
  }
  throw new Error(`${what} did not come`);
}

async function launch(t: TestContext, options: { readonly args?: readonly string[] } = {}) {
  const executablePath = process.env['WATCHWORD_CHROMIUM'] ?? '/usr/bin/chromium';
  const args = [...ARGUMENTS, ...(options.args ?? [])];
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false, args });
  t.after(() => browser.close());
  return browser;
}

const RAN = ['loaded by script', 'module', 'own', 'part of the module'];

function assertReported(reported: readonly Reported[], url: string): void {
  assert.ok(reported.every(({ document, enforced }) => document === `${url}/` && enforced));
  assert.doesNotMatch(JSON.stringify(reported), /secret|ran\.push/);
  const what = new Set(reported.map(({ directive, blocked }) => `${directive} ${blocked}`));
  for (const one of [
    'script-src-elem inline',
    'script-src-attr inline',
    `script-src-elem ${url}/upload.js`,
    'base-uri https://evil.example/',
    `object-src ${url}/main.js`,
  ]) {
    assert.ok(what.has(one), `${one} is not among ${[...what].join(', ')}`);
  }
}

test('scripts with the nonce run and load others, what was injected does not, and is told as events', async (t) => {
  const { url, reported } = await serveSite(t);
  const browser = await launch(t);
  const page = await browser.newPage();
  const complaints = await visit(page, url);
  assert.deepEqual(((await page.evaluate('window.ran')) as string[]).toSorted(), RAN);
  const colour = await page.evaluate("getComputedStyle(document.querySelector('p')).color");
  assert.equal(colour, 'rgb(1, 2, 3)');
  await until(() => reported.length >= 6, 'the reports');
  assertReported(reported, url);
  // Nothing else is wrong with the headers in the eyes of the browser.
  assert.deepEqual(
    complaints.filter((text) => !/violates the following/.test(text)),
    [],
  );
});

test('over HTTPS browsers gather reports, and send them where Reporting-Endpoints says', async (t) => {
  const certificate = await makeCertificate(t);
  const { url, reported } = await serveSite(t, certificate);
  const browser = await launch(t, { args: ['--short-reporting-delay', '--ignore-certificate-errors'] });
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  const complaints = await visit(page, url);
  assert.deepEqual(((await page.evaluate('window.ran')) as string[]).toSorted(), RAN);
  await until(() => reported.length >= 6, 'the reports');
  assertReported(reported, url);
  assert.deepEqual(
    complaints.filter((text) => !/violates the following/.test(text)),
    [],
  );
});
