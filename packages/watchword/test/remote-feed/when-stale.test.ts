import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createVerifier } from '../../src/facade/verifier.ts';
import {
  AUDIENCE,
  CREDENTIAL,
  newSessionId,
  sendJson,
  startScriptedIssuer,
  type Answer,
} from './scripted-issuer.ts';
import { follow, rejection, until, type Wishes } from './verifying.ts';

/** An issuer whose stream has been away for longer than is allowed, while everything else answers. */
async function staleWorld(t: TestContext, wishes: Wishes = {}) {
  const issuer = await startScriptedIssuer(t);
  const following = follow(t, issuer, { maxStalenessMs: 500, ...wishes });
  const revoked = newSessionId();
  issuer.append({ kind: 'session', sessionId: revoked });
  await following.verifier.ready();
  issuer.instead.set('/feed', (_request, response) => sendJson(response, {}, 502));
  issuer.hangUp();
  await until(() => following.feed().ageMs > 550);
  return {
    ...following,
    issuer,
    token: issuer.token({ scope: 'read' }),
    revoked: issuer.token({ sid: revoked }),
  };
}

test('a route says how old the knowledge may be', async (t) => {
  const { codeOf, token, revoked, verifier, events } = await staleWorld(t);
  assert.equal(codeOf(token), 'ERR_FEED_STALE');
  assert.equal(codeOf(revoked), 'ERR_TOKEN_REVOKED', 'what is known counts, however old');
  assert.equal(codeOf(token, { maxStalenessMs: 60_000 }), 'ada');
  assert.equal(codeOf(token, { maxStalenessMs: 100 }), 'ERR_FEED_STALE');
  assert.equal(await rejection(verifier.authenticate(token)), 'ERR_FEED_STALE');
  assert.throws(() => verifier.verify(token), { status: 503 });
  assert.equal(codeOf(token, { whenStale: 'introspect' }), 'ERR_FEED_STALE', 'nobody is asked by `verify`');
  assert.ok(events.some((event) => event.type === 'view_stale' && event.ageMs > 500));
});

test('it may be accepted, which is told once a second', async (t) => {
  const { codeOf, token, revoked, events, issuer } = await staleWorld(t, { whenStale: 'accept' });
  for (let round = 0; round < 20; round += 1) assert.equal(codeOf(token), 'ada');
  assert.equal(codeOf(revoked), 'ERR_TOKEN_REVOKED');
  assert.equal(codeOf(token, { scope: 'write' }), 'ERR_TOKEN_SCOPE');
  assert.equal(codeOf(token, { whenStale: 'refuse' }), 'ERR_FEED_STALE');
  const told = events.filter((event) => event.type === 'accepted_stale');
  assert.equal(told.length, 1);
  assert.deepEqual(told[0]?.issuer, issuer.url);
  await sleep(1000);
  assert.equal(codeOf(token), 'ada');
  assert.equal(events.filter((event) => event.type === 'accepted_stale').length, 2);
});

test('or the issuer is asked, about this token and each time', async (t) => {
  const { token, revoked, issuer, verifier, codeOf } = await staleWorld(t, { whenStale: 'introspect' });
  const asked = () => issuer.asked.filter((path) => path === '/oauth/introspect').length;
  assert.equal((await verifier.authenticate(token)).subject, 'ada');
  assert.deepEqual((await verifier.authenticate(token)).scope, ['read']);
  assert.equal(asked(), 2);
  assert.equal(codeOf(token), 'ERR_FEED_STALE');
  assert.equal(await rejection(verifier.authenticate(revoked)), 'ERR_TOKEN_REVOKED');
  assert.equal(await rejection(verifier.authenticate(token, { scope: 'write' })), 'ERR_TOKEN_SCOPE');
  assert.equal(
    await rejection(verifier.authenticate(token, { audience: 'https://other.example' })),
    'ERR_TOKEN_AUDIENCE',
  );
  assert.equal(asked(), 2, 'what is refused anyway is not asked about');

  const answerWith = (answer: Answer) => issuer.instead.set('/oauth/introspect', answer);
  answerWith((_request, response) => sendJson(response, { active: false }));
  assert.equal(await rejection(verifier.authenticate(token)), 'ERR_TOKEN_REVOKED');
  const useless: readonly Answer[] = [
    (_request, response) => sendJson(response, { active: true, jti: 'another', iss: issuer.url }),
    (_request, response) => sendJson(response, { active: 'yes' }),
    (_request, response) => sendJson(response, {}, 403),
    (_request, response) => response.end('<!doctype html>'),
    (request) => request.socket.destroy(),
  ];
  for (const answer of useless) {
    answerWith(answer);
    assert.equal(await rejection(verifier.authenticate(token)), 'ERR_FEED_STALE');
  }
});

test('while the knowledge is fresh nobody is asked, whatever is to be done otherwise', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier } = follow(t, issuer, { whenStale: 'introspect' });
  await verifier.ready();
  assert.equal((await verifier.authenticate(issuer.token())).subject, 'ada');
  assert.equal(issuer.asked.includes('/oauth/introspect'), false);
});

test('of two issuers each has its own revocations and its own age', async (t) => {
  const [a, b] = [await startScriptedIssuer(t), await startScriptedIssuer(t)];

  const without = await startScriptedIssuer(t);
  const verifier = createVerifier({
    audience: AUDIENCE,
    maxStalenessMs: 60_000,
    issuers: [
      { issuer: a.url, feed: CREDENTIAL },
      { issuer: b.url, feed: CREDENTIAL },
      { issuer: without.url, keys: without.jwks },
    ],
  });
  t.after(() => verifier.close());
  await verifier.ready();
  const sessionId = newSessionId();
  a.revoke({ kind: 'session', sessionId });
  await until(() => verifier.status().feeds[0]?.sequence === 1);
  assert.throws(() => verifier.verify(a.token({ sid: sessionId })), { code: 'ERR_TOKEN_REVOKED' });
  await b.stop();
  await until(() => (verifier.status().feeds[1]?.ageMs ?? 0) > 500);
  assert.equal(verifier.verify(a.token()).issuer, a.url);
  assert.throws(() => verifier.verify(b.token(), { maxStalenessMs: 500 }), { code: 'ERR_FEED_STALE' });
  assert.equal(verifier.verify(without.token()).issuer, without.url);
});
