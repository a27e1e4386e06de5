import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { test, type TestContext } from 'node:test';
import { CREDENTIALS } from '../browser/browser.ts';
import { freePort, SECRET, startReady } from '../start/server-process.ts';
import { gradeOf, judge, type Judged, type Retrieved } from './observatory.ts';
import { makeCertificate, startTlsProxy } from './tls-proxy.ts';

const GUIDE = new URL('../../../../docs/guides/headers.md', import.meta.url);
const STRANGER = 'https://evil.example';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly cookies: readonly string[];
  readonly text: string;
}

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

type Ask = (url: URL, question?: Question) => Promise<Answer>;

/** The server as it is run: in production, behind a proxy that ends TLS. */
async function startInProduction(t: TestContext): Promise<{ https: URL; http: URL; ask: Ask }> {
  const certificate = await makeCertificate(t);
  const [https, http] = [await freePort(), await freePort()];
  const issuer = `https://localhost:${https}`;
  const { port: server } = await startReady(t, {
    environment: {
      NODE_ENV: 'production',
      WATCHWORD_SECRET: SECRET,
      WATCHWORD_ISSUER: issuer,
      WATCHWORD_TRUSTED_PROXIES: '127.0.0.1',
      WATCHWORD_UNSAFE_SIGN_UP_REVEALS_ADDRESSES: 'true',
    },
  });
  await startTlsProxy(t, certificate, { https, http, server });
  const ask: Ask = (url, question) => exchange(url, certificate.certificate, question);
  return { https: new URL(issuer), http: new URL(`http://localhost:${http}`), ask };
}

/** By Node's own client: it believes no certificate but the one that it is given, and leaves redirects alone. */
function exchange(
  url: URL,
  ca: string,
  { method = 'GET', headers = {}, body }: Question = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const flat = Object.entries(response.headersDistinct);
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(flat.map(([name, values = []]) => [name, values.join(', ')])),
          cookies: response.headers['set-cookie'] ?? [],
          text,
        });
      });
    };
    const options = { method, headers, agent: false as const };
    const asked =
      url.protocol === 'https:'
        ? requestSecure(url, { ...options, ca }, answered)
        : requestPlain(url, options, answered);
    asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function follow(ask: Ask, begin: URL): Promise<readonly URL[]> {
  const route = [begin];
  for (let last = begin; route.length < 10;) {
    const { headers } = await ask(last);
    const location = headers.get('location');
    if (location === null) return route;
    last = new URL(location, last);
    route.push(last);
  }
  throw new Error('it is led in circles');
}

const PATHS = ['/', '/demo', '/me', '/auth/session'];

test('by the rules of Mozilla’s Observatory nothing is deducted, and the guide has the arithmetic', async (t) => {
  const { https, http, ask } = await startInProduction(t);
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const signedUp = await ask(new URL('/auth/sign-up', https), { method: 'POST', headers, body: CREDENTIALS });
  assert.equal(signedUp.status, 201, signedUp.text);
  const cookie = signedUp.cookies.map((line) => line.split(';', 1)[0]).join('; ');
  const all = new Map<string, readonly Judged[]>();
  for (const path of PATHS) {
    const url = new URL(path, https);
    const answer = await ask(url, { headers: { cookie } });
    assert.equal(answer.status, 200, path);
    assert.doesNotMatch(answer.text, /http-equiv/i);
    const cors = await ask(url, { headers: { cookie, origin: STRANGER } });
    const site: Retrieved = {
      url,
      headers: answer.headers,
      html: answer.text,
      cookies: [...signedUp.cookies, ...answer.cookies],
      cors: { origin: STRANGER, headers: cors.headers },
      httpRoute: await follow(ask, new URL(path, http)),
    };
    all.set(path, judge(site));
  }
  for (const [path, judged] of all) {
    assert.deepEqual(
      judged.filter(({ modifier }) => modifier < 0),
      [],
      path,
    );
    assert.deepEqual(gradeOf(judged), { score: 135, grade: 'A+' }, path);
  }
  const guide = readFileSync(GUIDE, 'utf8');
  const rows = (all.get('/') ?? []).map(({ rule, result, modifier }) => [rule, result, signed(modifier)]);
  const written = [...guide.matchAll(/^\| `([\w-]+)` +\| `([\w-]+)` +\| +([+-]?\d+) +\|$/gm)];
  assert.deepEqual(
    written.map(([, ...row]) => row),
    rows,
  );
  const sum = rows.map(([, , modifier = '']) => modifier).filter((modifier) => modifier !== '0');
  assert.ok(guide.includes(`100 ${sum.map((one) => one.replace('+', '+ ')).join(' ')} = 135`), sum.join(' '));
});

test('the answers to all other requests have no deduction either', async (t) => {
  const { https, http, ask } = await startInProduction(t);
  for (const [method, path] of [
    ['GET', '/main.js'],
    ['GET', '/nothing'],
    ['GET', '/auth/nothing'],
    ['GET', '/me'],
    ['POST', '/'],
    ['POST', '/auth/sign-in'],
    ['GET', '/openapi.json'],
  ] as const) {
    const url = new URL(path, https);
    const { headers, text, cookies } = await ask(url, { method, headers: { origin: STRANGER } });
    const httpRoute = await follow(ask, new URL('/', http));
    const judged = judge({
      url,
      headers,
      html: text,
      cookies,
      cors: { origin: STRANGER, headers },
      httpRoute,
    });
    assert.deepEqual(
      judged.filter(({ modifier }) => modifier < 0),
      [],
      `${method} ${path}`,
    );
    assert.equal(headers.get('x-powered-by'), null);
    assert.equal(headers.get('x-xss-protection'), null);
  }
});

test('the rules deduct where there is something to deduct', () => {
  const url = new URL('https://app.example/');
  const page = (headers: Record<string, string>, others: Partial<Retrieved> = {}): readonly Judged[] =>
    judge({
      url,
      headers: new Headers({ 'content-type': 'text/html', ...headers }),
      html: '',
      cookies: [],
      cors: { origin: STRANGER, headers: new Headers() },
      httpRoute: undefined,
      ...others,
    });
  const modifierOf = (judged: readonly Judged[], rule: string): number | undefined =>
    judged.find((one) => one.rule === rule)?.modifier;
  assert.deepEqual(gradeOf(page({})), { score: 30, grade: 'D' });
  for (const [policy, modifier] of [
    ["default-src 'none'", 10],
    ["default-src 'self'", 5],
    ["default-src 'none'; style-src 'unsafe-inline'", 0],
    ["default-src 'self'; img-src http://a.example", -10],
    ["script-src 'self' 'unsafe-eval'; object-src 'none'", -10],
    ["script-src 'self'", -20],
    ["default-src 'self' 'unsafe-inline'", -20],
    ["default-src 'self'; connect-src http://a.example", -20],
    ["script-src 'strict-dynamic'; default-src 'none'", -25],
    ["img-src 'self'; img-src 'self'", -25],
    ["default-src 'none'; script-src 'strict-dynamic' 'nonce-a' 'unsafe-inline' https:", 10],
  ] as const) {
    const judged = page({ 'content-security-policy': policy });
    assert.equal(modifierOf(judged, 'content-security-policy'), modifier, policy);
  }
  for (const [cookie, modifier] of [
    ['a=b; Secure; HttpOnly; SameSite=Lax', 5],
    ['a=b; Secure', 0],
    ['a=b', -20],
    ['csrf=b; Secure', -20],
    ['a=b; Secure; SameSite=All', -20],
    ['session=b; Secure; SameSite=Lax', -30],
    ['session=b; HttpOnly', -40],
  ] as const) {
    assert.equal(modifierOf(page({}, { cookies: [cookie] }), 'cookies'), modifier, cookie);
  }
  const reflected = new Headers({
    'access-control-allow-origin': STRANGER,
    'access-control-allow-credentials': 'true',
  });
  const open = page({}, { cors: { origin: STRANGER, headers: reflected } });
  assert.equal(modifierOf(open, 'cross-origin-resource-sharing'), -50);
  for (const [html, modifier] of [
    ['<script src="/a.js"></script>', 0],
    ['<script src="https://cdn.example/a.js" integrity="sha256-a"></script>', 5],
    ['<script src="https://cdn.example/a.js"></script>', -5],
    ['<script src="//cdn.example/a.js"></script>', -50],
  ] as const) {
    assert.equal(modifierOf(page({}, { html }), 'subresource-integrity'), modifier, html);
  }
  const stays = page({}, { httpRoute: [new URL('http://app.example/')] });
  assert.equal(modifierOf(stays, 'redirection'), -20);
});

function signed(modifier: number): string {
  return modifier > 0 ? `+${modifier}` : String(modifier);
}
