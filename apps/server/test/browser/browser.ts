import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Cookie,
  type Page,
  type Response,
} from 'playwright-core';

export const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery' };

export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['WATCHWORD_CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, chromiumSandbox: false, args: ARGUMENTS });
}

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained of: violations of the policy, exceptions, failed loads. */
  readonly complaints: string[];
  /** The bodies of all answers that script could see. */
  readonly bodies: string[];
}

/** A browser of somebody's own, on the page. */
export async function visit(
  t: TestContext,
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const bodies: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refusal that the page asked for is no complaint: Chromium writes it down as a failed load.
    const isRefusal = /^Failed to load resource: the server responded/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text());
  });
  page.on('response', (response) => void bodyOf(response).then((body) => bodies.push(body)));
  await context.addInitScript(
    "addEventListener('securitypolicyviolation', (event) => { throw new Error('violates ' + event.violatedDirective); })",
  );
  await page.goto(url);
  return { context, page, complaints, bodies };
}

async function bodyOf(response: Response): Promise<string> {
  return response.text().catch(() => '');
}

export async function signUp(page: Page, { email, password } = CREDENTIALS): Promise<void> {
  await page.locator('#tab-sign-up').click();
  await page.locator('#new-email').fill(email);
  await page.locator('#new-password').fill(password);
  await page.locator('#sign-up-form button[type=submit]').click();
  await page.locator('#session-view').waitFor();
}

export async function generationOf(page: Page): Promise<number> {
  return Number(await page.locator('#generation').textContent());
}

/** Signs in with what is in the form's fields, or what is given. */
export async function signIn(page: Page, { email, password } = CREDENTIALS): Promise<void> {
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
  await page.locator('#sign-in').click();
  await page.locator('#session-view').waitFor();
}

/** Presses a button and waits for the answer of the route behind it. */
export async function press(page: Page, selector: string, path: string): Promise<Response> {
  const answer = page.waitForResponse((response) => new URL(response.url()).pathname === path);
  await page.locator(selector).click();
  return answer;
}

/** All cookies, by name: their own order is that of their last change. */
export async function cookiesOf(context: BrowserContext): Promise<Cookie[]> {
  return (await context.cookies()).toSorted((one, other) => one.name.localeCompare(other.name));
}

const CSRF = '__Host-ww_csrf';

/** The cookies with all that protects them; the CSRF token is there to be read. */
export async function assertCookies(context: BrowserContext, form: 'jwt' | 'opaque' = 'jwt'): Promise<void> {
  const names = form === 'jwt' ? ['__Host-ww_at', CSRF, '__Host-ww_rt'] : [CSRF, '__Host-ww_sid'];
  const cookies = await cookiesOf(context);
  assert.deepEqual(
    cookies.map(({ name, domain, path, secure, httpOnly, sameSite }) => ({
      name,
      domain,
      path,
      secure,
      httpOnly,
      sameSite,
    })),
    names.map((name) => ({
      name,
      domain: 'localhost',
      path: '/',
      secure: true,
      httpOnly: name !== CSRF,
      sameSite: 'Lax',
    })),
  );
}

const TOKEN = /ww[rs]_[\w-]{20}|eyJ[\w-]{10,}\.eyJ|__Host-ww_.{1,3}=/;

/** Script has every place searched that it can reach; none holds a token. */
export async function assertNoTokenInSight({ page, bodies }: Visit): Promise<void> {
  const places: Record<string, string> = await page.evaluate(`({
    cookie: document.cookie,
    local: JSON.stringify({ ...localStorage }),
    session: JSON.stringify({ ...sessionStorage }),
    page: document.documentElement.outerHTML,
    globals: Object.keys(window).map((name) => { try { return JSON.stringify(window[name]) } catch { return '' } }).join(' '),
  })`);
  assert.match(places['cookie'] ?? '', /^(?:__Host-ww_csrf=[\w-]{43})?$/);
  for (const [place, text] of Object.entries({ ...places, bodies: bodies.join(' ') }))
    assert.doesNotMatch(text, TOKEN, place);
  assert.ok(
    bodies.some((body) => body.includes('"generation"')),
    'the answers were looked at',
  );
}
