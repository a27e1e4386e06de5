import type { TestContext } from 'node:test';
import { chromium, type Browser, type BrowserContext, type LaunchOptions, type Page } from 'playwright-core';
import type { Client } from '../../src/index.ts';
import type { TestServer } from './server.ts';

declare global {
  interface Window {
    client: Client;
    begun?: boolean;
  }
}

export const LAUNCH: LaunchOptions = {
  executablePath: process.env['WATCHWORD_CHROMIUM'] ?? '/usr/bin/chromium',
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch(LAUNCH);
}

/** A browser of somebody's own; with a clock that can be set forward if `nowMs` is given. */
export async function newPerson(
  t: TestContext,
  browser: Browser,
  { nowMs }: { readonly nowMs?: number } = {},
): Promise<BrowserContext> {
  const context = await browser.newContext();
  t.after(() => context.close());
  context.setDefaultTimeout(10_000);
  if (nowMs !== undefined) await context.clock.install({ time: nowMs });
  return context;
}

/** A tab in which the client has begun, unless the path is `/idle`. */
export async function openTab(context: BrowserContext, { url }: TestServer, path = '/'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url + path);
  await page.waitForFunction(() => window.begun);
  return page;
}

let people = 0;

/** Signs somebody new up through the client, and gives the session's id. */
export async function signUp(page: Page): Promise<string> {
  people += 1;
  return page.evaluate(async (email) => {
    const body = JSON.stringify({ email, password: 'correct horse battery' });
    const headers = { 'content-type': 'application/json' };
    const response = await window.client.fetch('/auth/sign-up', { method: 'POST', headers, body });
    if (!response.ok) throw new Error(await response.text());
    return window.client.session?.session_id ?? '';
  }, `ada${people}@example.com`);
}

export async function stateOf(page: Page): Promise<string> {
  return page.evaluate(() => window.client.state);
}

export async function waitForState(page: Page, state: string): Promise<void> {
  await page.waitForFunction((wanted) => window.client.state === wanted, state);
}

/** Asks for something that only who is signed in gets; gives the status. */
export async function ask(page: Page, path = '/api/me'): Promise<number> {
  return page.evaluate(async (target) => (await window.client.fetch(target)).status, path);
}

/** Lets time pass, for the server and for all tabs, as it passes while a device sleeps: late timers run once. */
export async function sleep(
  context: BrowserContext,
  server: TestServer,
  milliseconds: number,
): Promise<void> {
  server.advance(milliseconds);
  await context.clock.fastForward(milliseconds);
}
