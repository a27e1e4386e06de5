import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { PageHeaderOptions } from '../../src/facade/headers.ts';
import { openInstallation } from '../http/installation.ts';
import { FRAMEWORKS, type ServePage } from './served.ts';

/** What belongs to the answer and not to the preset. */
const OF_THE_ANSWER = new Set(['connection', 'content-length', 'content-type', 'date', 'etag', 'keep-alive']);

interface Page {
  readonly headers: Readonly<Record<string, string>>;
  readonly policy: Readonly<Record<string, string>>;
  readonly nonces: readonly (string | undefined)[];
}

async function pageOf(url: string): Promise<Page> {
  const response = await fetch(url);
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !OF_THE_ANSWER.has(name)));
  const nonces = (await response.json()) as (string | undefined)[];
  const text = nonces.reduce<string>(
    (policy, nonce, at) => policy.replaceAll(`'nonce-${nonce}'`, `'nonce-${at}'`),
    headers['content-security-policy'] ?? '',
  );
  const directives = text.split(';').map((directive) => directive.trim().split(' '));
  const policy = Object.fromEntries(directives.map(([name = '', ...values]) => [name, values.join(' ')]));
  delete headers['content-security-policy'];
  return { headers, policy, nonces };
}

const ALWAYS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), ' +
    'local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const POLICY = {
  'default-src': "'none'",
  'img-src': "'self'",
  'font-src': "'self'",
  'media-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
  'report-uri': '/auth/reports',
};

for (const [name, serve] of FRAMEWORKS) {
  describe(name, () => pageCases(serve));
}

function pageCases(serve: ServePage): void {
  async function served(t: TestContext, options: PageHeaderOptions): Promise<string> {
    const { auth } = await openInstallation(t);
    return serve(t, auth, options);
  }

  test('over HTTPS pages have all headers, and a nonce of their own each time', async (t) => {
    const url = await served(t, { https: true });
    const [one, other] = [await pageOf(url), await pageOf(url)];
    assert.deepEqual(one.headers, {
      ...ALWAYS,
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'reporting-endpoints': 'watchword="/auth/reports"',
    });
    const [script = '', style = ''] = one.nonces;
    assert.ok(Buffer.from(script, 'base64').length >= 16 && style.length >= 22);
    const ofStyle = style === script ? '0' : '1';
    assert.deepEqual(one.policy, {
      ...POLICY,
      'script-src': "'strict-dynamic' 'nonce-0'",
      'style-src': `'self' 'nonce-${ofStyle}'`,
      'upgrade-insecure-requests': '',
      'report-to': 'watchword',
    });
    assert.deepEqual(other.policy, one.policy);
    assert.notEqual(other.nonces[0], one.nonces[0]);
  });

  test('over plain HTTP nothing is said of HTTPS; pages of files need no nonce', async (t) => {
    const { headers, policy } = await pageOf(await served(t, { https: false, scripts: 'own' }));
    assert.deepEqual(headers, ALWAYS);
    assert.deepEqual(policy, { ...POLICY, 'script-src': "'self'", 'style-src': "'self'" });
  });

  test('what pages need beside their own origin is added', async (t) => {
    const url = await served(t, {
      https: true,
      scripts: 'own',
      allow: {
        'script-src': ['https://cdn.example/lib.js'],
        'img-src': ['data:', 'https://*.images.example'],
        'frame-src': ['https://pay.example'],
      },
      features: ['camera'],
      hsts: 'preload',
      reports: false,
    });
    const { headers, policy } = await pageOf(url);
    assert.equal(headers['strict-transport-security'], 'max-age=63072000; includeSubDomains; preload');
    assert.match(headers['permissions-policy'] ?? '', /accelerometer=\(\), camera=\(self\), /);
    assert.equal(headers['reporting-endpoints'], undefined);
    assert.equal(policy['report-uri'], undefined);
    assert.equal(policy['script-src'], "'self' https://cdn.example/lib.js");
    assert.equal(policy['img-src'], "'self' data: https://*.images.example");
    assert.equal(policy['frame-src'], 'https://pay.example');
  });
}

for (const name of ['Express', 'node:http', 'Fastify', 'Hono']) {
  test(`${name}: what the application says of HTTPS stands on Watchword's answers too`, async (t) => {
    const { auth } = await openInstallation(t);
    const url = await FRAMEWORKS.get(name)?.(t, auth, { https: true });
    for (const path of ['/auth/session', '/.well-known/jwks.json']) {
      const { headers } = await fetch(`${url}${path}`);
      assert.equal(headers.get('strict-transport-security'), 'max-age=63072000; includeSubDomains', path);
    }
  });
}

test('where the application says nothing of it, Watchword speaks for its own host', async (t) => {
  const { auth } = await openInstallation(t);
  const url = await FRAMEWORKS.get('Request and Response')?.(t, auth, { https: true });
  const { headers } = await fetch(`${url}/auth/session`);
  assert.equal(headers.get('strict-transport-security'), 'max-age=63072000');
});
