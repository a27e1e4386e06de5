import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createVerifier,
  createVerifierOn,
  type Verifier,
  type VerifierOptions,
} from '../../src/facade/verifier.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { codeOf } from '../facade/support/errors.ts';
import { createKey, json, startIssuer, type IssuerServer } from './issuer-server.ts';

const AUDIENCE = 'https://api.example';
const key = createKey('k1');

function verifierOf(t: TestContext, issuer: IssuerServer, options: Partial<VerifierOptions> = {}): Verifier {
  const verifier = createVerifier({ issuer: issuer.url, audience: AUDIENCE, ...options });
  t.after(() => verifier.close());
  return verifier;
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'resolved',
    (error: unknown) => (error as { readonly code?: unknown }).code,
  );
}

test('keys are found and fetched by themselves; verifying is sync from then on', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const verifier = verifierOf(t, issuer);
  assert.equal(
    codeOf(() => verifier.verify(key.token(issuer.url))),
    'ERR_KEYS_UNAVAILABLE',
    'before the first answer',
  );
  await verifier.ready();
  assert.equal(verifier.verify(key.token(issuer.url)).subject, 'ada');
  assert.deepEqual(issuer.asked, [
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/.well-known/jwks.json',
  ]);
  const [status] = verifier.status().keys;
  assert.deepEqual([status?.keyIds, status?.problem], [['k1'], undefined]);
});

test('authenticate waits for the first keys', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  assert.equal((await verifierOf(t, issuer).authenticate(key.token(issuer.url))).subject, 'ada');
});

test('metadata says where the keys are; another issuer’s metadata is not believed', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [] }));
  const elsewhere = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const jwks_uri = `${elsewhere.url}/.well-known/jwks.json`;
  issuer.metadata = json({ issuer: issuer.url, jwks_uri });
  const verifier = verifierOf(t, issuer);
  await verifier.ready();
  assert.equal(verifier.verify(key.token(issuer.url)).subject, 'ada');
  issuer.metadata = json({ issuer: 'https://other.example', jwks_uri });
  const misled = verifierOf(t, issuer);
  assert.equal(await rejection(misled.authenticate(key.token(issuer.url))), 'ERR_KEYS_UNAVAILABLE');
  assert.match(misled.status().keys[0]?.problem ?? '', /names another issuer/);
});

test('a jwks_uri over plain http elsewhere is not asked', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  issuer.metadata = json({ issuer: issuer.url, jwks_uri: 'http://keys.example/jwks.json' });
  const verifier = verifierOf(t, issuer);
  assert.equal(await rejection(verifier.authenticate(key.token(issuer.url))), 'ERR_KEYS_UNAVAILABLE');
  assert.match(verifier.status().keys[0]?.problem ?? '', /no `jwks_uri` that is https/);
});

test('a new key is asked for when its first token comes: not one valid token is refused by authenticate', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const verifier = verifierOf(t, issuer);
  await verifier.ready();
  for (const kid of ['k2', 'k3']) {
    const next = createKey(kid);
    issuer.answer = json({ keys: [key.publicJwk, next.publicJwk] });
    const tokens = Array.from({ length: 20 }, () => next.token(issuer.url));
    const before = issuer.asked.length;
    const verified = await Promise.all(tokens.map((token) => verifier.authenticate(token)));
    assert.equal(verified.length, 20);
    assert.equal(issuer.asked.length - before, 1, 'twenty askers, one question');
    assert.equal(verifier.verify(tokens[0] ?? '').subject, 'ada');
  }
});

test('a key that is published while a slow answer is under way is found all the same', async (t) => {
  const next = createKey('k2');
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const verifier = verifierOf(t, issuer);
  await verifier.ready();
  const old = json({ keys: [key.publicJwk] });
  issuer.answer = (request, response) => void setTimeout(() => old(request, response), 300);
  const early = rejection(verifier.authenticate(createKey('nobody').token(issuer.url)));
  await sleep(100);
  issuer.answer = json({ keys: [key.publicJwk, next.publicJwk] });
  assert.equal((await verifier.authenticate(next.token(issuer.url))).subject, 'ada');
  assert.equal(await early, 'ERR_TOKEN_KEY_UNKNOWN');
});

test('a flood of unknown kids brings about a question a second, and starves nobody', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const verifier = verifierOf(t, issuer);
  await verifier.ready();
  const stranger = createKey('nobody');
  const before = issuer.asked.length;
  const begunMs = performance.now();
  const flood = Array.from({ length: 200 }, (_, n) => {
    const [, ...rest] = stranger.token(issuer.url).split('.');
    const header = { alg: 'ES256', kid: `made-up-${n}`, typ: 'at+jwt' };
    return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
  });
  const refusals = flood.map((token) => rejection(verifier.authenticate(token)));
  await sleep(50);
  const next = createKey('k2');
  issuer.answer = json({ keys: [key.publicJwk, next.publicJwk] });
  assert.equal((await verifier.authenticate(next.token(issuer.url))).subject, 'ada');
  assert.ok((await Promise.all(refusals)).every((code) => code === 'ERR_TOKEN_KEY_UNKNOWN'));
  const seconds = (performance.now() - begunMs) / 1000;
  assert.ok(issuer.asked.length - before <= Math.ceil(seconds) + 1, 'the issuer is spared');
});

test('an issuer that is down changes nothing for keys that are known', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }, { 'cache-control': 'max-age=1' }));
  const verifier = verifierOf(t, issuer);
  await verifier.ready();
  await issuer.stop();
  await sleep(1300);
  assert.equal(verifier.verify(key.token(issuer.url)).subject, 'ada');
  assert.match(verifier.status().keys[0]?.problem ?? '', /the connection failed \(ECONNREFUSED\)/);
});

test('a key that is no longer published is dead at the next renewal', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const verifier = verifierOf(t, issuer, { renewKeysAfterSeconds: 1 });
  await verifier.ready();
  const token = key.token(issuer.url);
  verifier.verify(token);
  issuer.answer = json({ keys: [createKey('k2').publicJwk] });
  await sleep(1300);
  assert.equal(
    codeOf(() => verifier.verify(token)),
    'ERR_TOKEN_KEY_UNKNOWN',
  );
});

test('the last good keys serve for as long as is said, and no longer', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  let aheadMs = 0;
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
  const verifier = createVerifierOn(
    { clock },
    { issuer: issuer.url, audience: AUDIENCE, keepKeysForSeconds: 60 },
  );
  t.after(() => verifier.close());
  await verifier.ready();
  await issuer.stop();
  const token = key.token(issuer.url);
  aheadMs = 59_000;
  assert.equal(verifier.verify(token).subject, 'ada');
  aheadMs = 61_000;
  assert.equal(
    codeOf(() => verifier.verify(token)),
    'ERR_KEYS_UNAVAILABLE',
  );
});

test('a renewal that brings the same key keeps what it has verified remembered', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const verifier = verifierOf(t, issuer, { renewKeysAfterSeconds: 1 });
  await verifier.ready();
  const token = key.token(issuer.url);
  const first = verifier.verify(token);
  await sleep(1300);
  assert.ok(issuer.asked.filter((path) => path.endsWith('jwks.json')).length > 1, 'it was renewed');
  assert.equal(verifier.verify(token), first, 'the very same object');
});

test('an issuer whose application answers every path with a page still has its keys found', async (t) => {
  const issuer = await startIssuer(t, json({ keys: [key.publicJwk] }));
  const answers = [
    (response: ServerResponse) => response.end('<!doctype html>'),
    (response: ServerResponse) => response.writeHead(302, { location: 'https://login.example/' }).end(),
    (response: ServerResponse) => response.writeHead(401).end(),
  ];
  for (const answer of answers) {
    issuer.metadata = (_request, response) => void answer(response);
    const verifier = verifierOf(t, issuer);
    await verifier.ready();
    assert.equal(verifier.verify(key.token(issuer.url)).subject, 'ada');
  }
});

test('however many wait for the first keys, the issuer is asked at the pace of one; who closes is told', async (t) => {
  const issuer = await startIssuer(t, (_request, response) => response.writeHead(500).end());
  const verifier = verifierOf(t, issuer, { jwksUri: `${issuer.url}/.well-known/jwks.json` });
  const waiting = Array.from({ length: 50 }, () => rejection(verifier.ready()));
  await sleep(1500);
  assert.ok(issuer.asked.length <= 4, `${issuer.asked.length} questions`);
  void verifier.close();
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['ERR_CLOSED']));
});

test('of two issuers with one kid the one whose key is not there yet is waited for', async (t) => {
  const [a, b] = [createKey('1'), createKey('1')];
  const first = await startIssuer(t, json({ keys: [a.publicJwk] }));
  const second = await startIssuer(t, json({ keys: [createKey('0').publicJwk] }));
  const verifier = createVerifier({
    audience: AUDIENCE,
    issuers: [{ issuer: first.url }, { issuer: second.url }],
  });
  t.after(() => verifier.close());
  await verifier.ready();
  second.answer = json({ keys: [b.publicJwk] });
  assert.equal((await verifier.authenticate(b.token(second.url))).issuer, second.url);
  assert.equal(verifier.verify(a.token(first.url)).issuer, first.url);
  assert.throws(() => verifier.verify(a.token(second.url)), { code: 'ERR_TOKEN_ISSUER' });
});

test('keys that are nothing are no wish to have them fetched', () => {
  for (const keys of [null, '', false, 0]) {
    assert.throws(() => createVerifier({ issuer: 'https://app.example', audience: AUDIENCE, keys } as never));
  }
});
