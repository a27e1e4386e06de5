import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchwordOptions } from '../../src/facade/index.ts';
import { createMemoryState, type MemoryState } from '../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../src/stores/memory/memory.ts';
import { openOAuthServer } from '../http/oauth-server.ts';
import { AUDIENCE } from './scripted-issuer.ts';
import { follow, rejection, until, type Wishes } from './verifying.ts';

/** A real installation behind Node's own server, and a client of it that may follow and introspect. */
async function startInstallation(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const state = createMemoryState(crypto.getRandomValues(new Uint8Array(16)));
  const store = {
    kind: 'memory' as const,
    durable: false,
    open: async (context: Parameters<typeof createMemoryStore>[1]) => createMemoryStore(state, context),
  };
  const server = await openOAuthServer(t, { algorithm: 'ES256', audience: AUDIENCE, store, ...options });
  const { id: clientId, secret: clientSecret } = await server.register('billing', ['verifier', 'introspect']);
  const credential = { clientId, clientSecret };
  return {
    ...server,
    state,
    follow: (wishes: Wishes = {}) =>
      follow(t, { url: server.origin }, { ...wishes, feed: { ...credential, ...wishes.feed } }),
    signIn: async (subject = 'ada') => server.auth.sessions.start({ subject }),
  };
}

function copyOf(state: MemoryState): () => void {
  const copy = structuredClone(state);
  return () => {
    for (const [name, value] of Object.entries(structuredClone(copy))) {
      const into: unknown = Reflect.get(state, name);
      if (!(into instanceof Map)) Reflect.set(state, name, value);
      else {
        into.clear();
        for (const [key, one] of value as unknown as Map<unknown, unknown>) into.set(key, one);
      }
    }
  };
}

test('what was closed is never ready again, however fresh its knowledge', async (t) => {
  const { verifier } = (await startInstallation(t)).follow();
  await verifier.ready();
  await verifier.close();
  await assert.rejects(verifier.ready(), { code: 'ERR_CLOSED' });
});

test('each kind of revocation is refused elsewhere within a moment', async (t) => {
  const { auth, follow: followIt, signIn } = await startInstallation(t);
  const { verifier, codeOf, feed } = followIt();
  await verifier.ready();
  const tookMs: number[] = [];
  async function isRefusedSoon(token: string): Promise<void> {
    const begunMs = performance.now();
    await until(() => codeOf(token) === 'ERR_TOKEN_REVOKED');
    tookMs.push(performance.now() - begunMs);
  }
  for (let round = 0; round < 20; round += 1) {
    const { accessToken, session } = await signIn();
    assert.equal(codeOf(accessToken), 'ada');
    await auth.revoke.session(session.id);
    await isRefusedSoon(accessToken);
  }
  tookMs.sort((a, b) => a - b);
  const medianMs = tookMs[10] ?? Infinity;
  // On a machine that does nothing else it is some milliseconds: `npm run bench -- feed` measures it.
  assert.ok(medianMs < 500, `${Math.round(medianMs)} ms in the median`);

  const [byToken, bySubject, byAll] = [await signIn('bob'), await signIn('eve'), await signIn('zoe')];
  await auth.revoke.token(verifier.verify(byToken.accessToken).tokenId);
  await isRefusedSoon(byToken.accessToken);
  await auth.revoke.subject('eve');
  await isRefusedSoon(bySubject.accessToken);
  assert.equal(codeOf(byAll.accessToken), 'zoe');
  await auth.revoke.all();
  await isRefusedSoon(byAll.accessToken);
  const later = await signIn();
  assert.equal(codeOf(later.accessToken), 'ada');
  await auth.keys.compromise(verifier.verify(later.accessToken).keyId);
  await isRefusedSoon(later.accessToken);
  const { accessToken } = await signIn();
  await until(() => codeOf(accessToken) === 'ada');
  assert.equal(feed().lastFault, undefined);
});

test('revoking can wait for verifiers elsewhere, who are listed while they are there', async (t) => {
  const { auth, follow: followIt, signIn } = await startInstallation(t);
  const { verifier } = followIt({ feed: { name: 'billing-3' } });
  await verifier.ready();
  const { session } = await signIn();
  for (;;) {
    const { verifiers } = await auth.feed.status();
    if (verifiers.some(({ name }) => name === 'billing-3')) break;
    await sleep(10);
  }
  const { receipts } = await auth.revoke.session(session.id, { wait: '2s' });
  assert.deepEqual(
    receipts?.acknowledged.map(({ name }) => name),
    ['billing-3'],
  );
  assert.deepEqual(receipts?.missing, []);
  await verifier.close();
  assert.deepEqual((await auth.feed.status()).verifiers, []);
});

test('a rotated key is known before its first token comes, without a question for it', async (t) => {
  const { auth, follow: followIt, signIn } = await startInstallation(t);
  const { verifier, codeOf } = followIt();
  await verifier.ready();
  const known = () => verifier.status().keys[0]?.keyIds.length ?? 0;
  await until(() => known() === 1);
  await auth.keys.rotate();
  await until(() => known() === 2);
  await sleep(300);
  assert.equal(codeOf((await signIn()).accessToken), 'ada');
});

test('a use elsewhere settles a generation here', async (t) => {
  const { auth, events, follow: followIt, signIn } = await startInstallation(t, { raceWindowMs: 50 });
  const { verifier } = followIt();
  await verifier.ready();
  const { refreshToken } = await signIn();
  const { accessToken } = await auth.sessions.refresh(refreshToken);
  await sleep(1300);
  assert.equal(verifier.verify(accessToken).generation, 2);
  await until(() => events.some(({ type }) => type === 'chain_settled'));
});

test('a restored store begins a new history, and what was acknowledged stays refused', async (t) => {
  const { auth, events, state, follow: followIt, signIn } = await startInstallation(t);
  const { verifier, codeOf, feed } = followIt();
  await verifier.ready();
  const sessions = [await signIn(), await signIn()];
  const [first, second] = sessions;
  assert.ok(first !== undefined && second !== undefined);
  await auth.revoke.session(first.session.id);
  await until(() => feed().sequence === 1);
  const restore = copyOf(state);
  await auth.revoke.session(second.session.id);
  await until(() => codeOf(second.accessToken) === 'ERR_TOKEN_REVOKED');
  const before = feed().epoch;
  restore();
  await until(() => feed().epoch !== before && feed().state === 'following');
  for (const { accessToken } of sessions) assert.equal(codeOf(accessToken), 'ERR_TOKEN_REVOKED');
  assert.ok(events.some(({ type }) => type === 'revocation_log_lost'));
  const { accessToken, session } = await signIn();
  await auth.revoke.session(session.id);
  await until(() => codeOf(accessToken) === 'ERR_TOKEN_REVOKED');
});

test('a credential that is withdrawn leaves the verifier stale, and who asks the issuer is told no more', async (t) => {
  const { auth, follow: followIt, signIn } = await startInstallation(t);
  const { verifier, codeOf, feed } = followIt({ maxStalenessMs: 1500 });
  await verifier.ready();
  const { accessToken } = await signIn();
  assert.equal((await verifier.authenticate(accessToken, { whenStale: 'introspect' })).subject, 'ada');
  await auth.clients.delete('billing');
  await until(() => feed().state === 'refused');
  await until(() => codeOf(accessToken) === 'ERR_FEED_STALE');
  assert.throws(() => verifier.verify(accessToken), { status: 503 });
  assert.equal(
    await rejection(verifier.authenticate(accessToken, { whenStale: 'introspect' })),
    'ERR_FEED_STALE',
  );
});

/** A proxy that is told when to let nothing of the stream through, while it lets everything else pass. */
async function startProxy(t: TestContext, origin: string) {
  const proxy = { url: '', blocks: false, open: new Set<{ destroy(): void }>() };
  const server = createServer((request, response) => {
    const isStream = request.url?.startsWith('/feed?') === true;
    if (isStream && proxy.blocks) return void response.writeHead(502).end();
    if (isStream) proxy.open.add(response);
    const { headers, method } = request;
    const onward = send(origin + request.url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response).on('error', () => undefined);
      response.once('close', () => answer.destroy());
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return proxy;
}

test('while the stream is away the issuer answers for itself', async (t) => {
  const { auth, origin, follow: followIt, signIn } = await startInstallation(t);
  const proxy = await startProxy(t, origin);
  const wishes = {
    maxStalenessMs: 500,
    whenStale: 'introspect',
    feed: { url: `${proxy.url}/feed` },
  } as const;
  const { verifier, codeOf, feed } = followIt(wishes);
  await verifier.ready();
  const [kept, revoked] = [await signIn(), await signIn()];
  proxy.blocks = true;
  for (const response of proxy.open) response.destroy();
  await auth.revoke.session(revoked.session.id);
  await until(() => feed().ageMs > 500);
  assert.equal((await verifier.authenticate(kept.accessToken)).subject, 'ada');
  assert.equal(await rejection(verifier.authenticate(revoked.accessToken)), 'ERR_TOKEN_REVOKED');
  assert.equal(codeOf(kept.accessToken), 'ERR_FEED_STALE');
  proxy.blocks = false;
  await until(() => codeOf(kept.accessToken) === 'ada');
  assert.equal(codeOf(revoked.accessToken), 'ERR_TOKEN_REVOKED');
});

test('a verifier that starts again goes on from its file, also before the issuer answers', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-feed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { auth, origin, follow: followIt, signIn } = await startInstallation(t);
  const proxy = await startProxy(t, origin);
  const feed = { url: `${proxy.url}/feed`, snapshotPath: join(folder, 'feed.snapshot') };
  const first = followIt({ feed });
  await first.verifier.ready();
  const [early, late] = [await signIn(), await signIn()];
  await auth.revoke.session(early.session.id);
  await until(() => first.codeOf(early.accessToken) === 'ERR_TOKEN_REVOKED');
  await first.verifier.close();
  await auth.revoke.session(late.session.id);
  proxy.blocks = true;
  const again = followIt({ feed });
  await again.verifier.ready();
  assert.equal(again.codeOf(early.accessToken), 'ERR_TOKEN_REVOKED');
  assert.equal(again.feed().sequence, 1);
  proxy.blocks = false;
  await until(() => again.codeOf(late.accessToken) === 'ERR_TOKEN_REVOKED');
});
