/**
 * `npm run -s screenshots` takes the pictures of the page in docs/images anew, with Chromium and the server of this tree:
 * signed in with a story, and after the family has died; light and dark, wide and on a phone.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const START = "import { startServer } from '@watchword/server'; await startServer(process.env);";

/** The settling time is forty seconds; a loaded machine needs some more. */
const PATIENCE_MS = 90_000;

const SIZES = { wide: { width: 1600, height: 1240 }, phone: { width: 360, height: 1560 } };

interface Picture {
  readonly colorScheme: 'light' | 'dark';
  readonly size: keyof typeof SIZES;
}

const pictures: readonly Picture[] = [
  { colorScheme: 'light', size: 'wide' },
  { colorScheme: 'dark', size: 'wide' },
  { colorScheme: 'light', size: 'phone' },
  { colorScheme: 'dark', size: 'phone' },
];

await mkdir(IMAGES, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['WATCHWORD_CHROMIUM'] ?? '/usr/bin/chromium',
  chromiumSandbox: false,
});
try {
  await Promise.all(pictures.map((picture) => onServerOfItsOwn((url) => take(browser, url, picture))));
} finally {
  await browser.close();
}

async function take(on: Browser, url: string, { colorScheme, size }: Picture): Promise<void> {
  const context = await on.newContext({ colorScheme, viewport: SIZES[size], reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const save = (name: string) =>
    page.screenshot({ path: join(IMAGES, `${name}-${colorScheme}-${SIZES[size].width}.png`) });
  await page.goto(url);
  await page.locator('#tab-sign-up').click();
  await page.locator('#new-email').fill('ada@example.com');
  await page.locator('#new-password').fill('correct horse battery');
  await page.locator('#sign-up').click();
  await page.locator('#acts').waitFor();
  await page.locator('#call-protected').click();
  await page.locator('#protected-answer[data-status="200"]').waitFor();
  await page.locator('#steal').click();
  await page.locator('#strike[data-kind="primary"]').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await save('session');
  await page.locator('#strike').click();
  await page.locator('#fallen').waitFor();
  await save('fallen');
  await context.close();
}

async function onServerOfItsOwn(work: (url: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-screenshots-'));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ['--conditions=watchword-source', '--input-type=module', '--eval', START],
    {
      cwd: fileURLToPath(new URL('../apps/cli', import.meta.url)),
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        WATCHWORD_DATA: folder,
        WATCHWORD_LOG_LEVEL: 'fatal',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('close', () => reject(new Error('the server did not start')));
    });
    await work(`http://localhost:${port}/`);
  } finally {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
