import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseTokenId, type KeyId } from '../../src/domain/ids.ts';
import { epochMs } from '../../src/domain/time.ts';
import { createFeedKey, newSessionId, sendJson, startScriptedIssuer } from './scripted-issuer.ts';
import { follow, rejection, until } from './verifying.ts';

test('what was revoked before and what is revoked from now on is refused', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const [before, after, other] = [newSessionId(), newSessionId(), newSessionId()];
  issuer.append({ kind: 'session', sessionId: before });
  const { verifier, codeOf, feed } = follow(t, issuer);
  assert.equal(codeOf(issuer.token({ sid: before })), 'ERR_KEYS_UNAVAILABLE');
  await verifier.ready();
  assert.equal(codeOf(issuer.token({ sid: before })), 'ERR_TOKEN_REVOKED');
  const token = issuer.token({ sid: after });
  assert.equal(codeOf(token), 'ada');
  issuer.revoke({ kind: 'session', sessionId: after });
  await until(() => codeOf(token) === 'ERR_TOKEN_REVOKED');
  assert.equal(codeOf(issuer.token({ sid: other })), 'ada');
  assert.deepEqual([feed().state, feed().sequence, feed().entries], ['following', 2, 2]);
  assert.equal(feed().epoch, issuer.epoch);
  assert.ok(feed().ageMs < 5000 && feed().ageMs >= 0, `${feed().ageMs} ms`);
});

test('each kind of revocation is in force as soon as it was signed', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier, codeOf } = follow(t, issuer);
  await verifier.ready();
  const claims = { sub: 'bob' };
  const tokens = [issuer.token(claims), issuer.token({ sub: 'eve' }), issuer.token()];
  const [byId = '', bySubject = '', byAll = ''] = tokens;
  const tokenId = parseTokenId(verifier.verify(byId).tokenId);
  assert.ok(tokenId !== undefined);
  issuer.revoke({ kind: 'token', tokenId });
  await until(() => codeOf(byId) === 'ERR_TOKEN_REVOKED');
  assert.equal(codeOf(issuer.token(claims)), 'bob');
  issuer.revoke({ kind: 'subject', subject: 'eve', beforeMs: epochMs(Date.now() + 1) });
  await until(() => codeOf(bySubject) === 'ERR_TOKEN_REVOKED');
  assert.equal(codeOf(byAll), 'ada');
  issuer.revoke({ kind: 'all', beforeMs: epochMs(Date.now() + 1) });
  await until(() => codeOf(byAll) === 'ERR_TOKEN_REVOKED');
  await sleep(5);
  const later = issuer.token();
  assert.equal(codeOf(later), 'ada');
  issuer.revoke({ kind: 'key', keyId: 't1' as KeyId });
  await until(() => codeOf(later) === 'ERR_TOKEN_REVOKED');
});

test('it resumes from where it stands, and loads a snapshot where nobody knows that place', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier, codeOf, feed, events } = follow(t, issuer);
  await verifier.ready();
  const kept = newSessionId();
  issuer.revoke({ kind: 'session', sessionId: kept });
  await until(() => feed().sequence === 1);
  issuer.hangUp();
  const missed = newSessionId();
  issuer.append({ kind: 'session', sessionId: missed });
  await until(() => feed().sequence === 2);
  assert.equal(issuer.asked.filter((path) => path === '/feed/snapshot').length, 1);
  const formerEpoch = issuer.epoch;
  issuer.restore(0);
  await until(() => feed().epoch === issuer.epoch && feed().state === 'following');
  assert.equal(issuer.asked.filter((path) => path === '/feed/snapshot').length, 2);
  for (const sid of [kept, missed]) {
    assert.equal(codeOf(issuer.token({ sid })), 'ERR_TOKEN_REVOKED', 'what was acknowledged stays');
  }
  // The former history is over.
  issuer.restore(0, formerEpoch);
  await until(() => feed().lastFault?.problem === 'went_back');
  assert.deepEqual(
    events
      .filter(({ type }) => type === 'feed_fault')
      .map(({ type }) => type)
      .slice(0, 1),
    ['feed_fault'],
  );
});

test('the issuer hears at once how far it is, and that it stops', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier } = follow(t, issuer, { feed: { name: 'billing-3' } });
  await verifier.ready();
  await until(() => issuer.receipts.length > 0);
  issuer.revoke({ kind: 'session', sessionId: newSessionId() });
  await until(() => issuer.receipts.at(-1)?.['sequence'] === 1);
  const [first] = issuer.receipts;
  assert.match(String(first?.['instance']), /^[0-9a-f]{32}$/);
  assert.deepEqual(
    [first?.['name'], first?.['version'], first?.['epoch']],
    ['billing-3', '0.1.0', issuer.epoch],
  );
  assert.equal(issuer.receipts.at(-1)?.['hash'], Buffer.from(issuer.head().hash).toString('base64url'));
  const count = issuer.receipts.length;
  for (let round = 0; round < 50; round += 1) {
    issuer.revoke({ kind: 'session', sessionId: newSessionId() });
    await sleep(1);
  }
  await until(() => issuer.receipts.at(-1)?.['sequence'] === 51);
  assert.ok(issuer.receipts.length - count < 30, 'many records, few receipts');
  await verifier.close();
  assert.equal(issuer.receipts.at(-1)?.['closing'], true);
});

test('uses of tokens that are old enough are reported, once each', async (t) => {
  const issuer = await startScriptedIssuer(t);
  issuer.settleMs = 20_000;
  const { verifier } = follow(t, issuer);
  await verifier.ready();
  const [young, old] = [issuer.token({ ageSeconds: 21 }), issuer.token({ ageSeconds: 60 })];
  for (let round = 0; round < 3; round += 1) for (const token of [young, old]) verifier.verify(token);
  await until(() => issuer.receipts.some((receipt) => receipt['uses'] !== undefined));
  await sleep(100);
  const uses = issuer.receipts.flatMap((receipt) => (receipt['uses'] ?? []) as unknown[][]);
  const { tokenId, sessionId } = verifier.verify(old);
  assert.equal(uses.length, 1, 'a clock that is some seconds ahead reports nothing wrong');
  assert.deepEqual(uses[0]?.slice(0, 3), [tokenId, sessionId, 1]);
  const ageMs = Number(uses[0]?.[3]);
  assert.ok(ageMs > 20_000 && ageMs <= 60_000, `${ageMs} ms`);
});

test('when the keys change they are fetched at once', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier } = follow(t, issuer);
  await verifier.ready();
  await sleep(300);
  const asked = () => issuer.asked.filter((path) => path === '/.well-known/jwks.json').length;
  const before = asked();
  issuer.keyRevision += 1;
  await until(() => asked() > before);
});

test('a wrong secret and a missing role are told, and tried again seldom', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { feed, codeOf, events, verifier } = follow(t, issuer, { feed: { clientSecret: 'wwcs_wrong' } });
  await until(() => feed().state === 'refused');
  await until(() => verifier.status().keys[0]?.keyIds.length === 1);
  assert.equal(feed().lastFault?.problem, 'credential');
  assert.equal(codeOf(issuer.token()), 'ERR_FEED_STALE');
  await sleep(500);
  assert.equal(issuer.asked.filter((path) => path === '/feed/snapshot').length, 1);
  assert.equal(events.filter(({ type }) => type === 'feed_disconnected').length, 1);
  const lacking = await startScriptedIssuer(t);
  lacking.instead.set('/feed/snapshot', (_request, response) => sendJson(response, {}, 403));
  const other = follow(t, lacking);
  await until(() => other.feed().state === 'refused');
  assert.match(other.feed().lastFault?.detail ?? '', /role `verifier`/);
});

test('an issuer that is busy is left alone for as long as it says', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const busy = { 'retry-after': '1' };
  issuer.instead.set('/feed/snapshot', (_request, response) => sendJson(response, {}, 503, busy));
  const { feed, verifier } = follow(t, issuer);
  await until(() => feed().lastFault?.problem === 'busy');
  const busySinceMs = performance.now() - (feed().lastFault?.agoMs ?? 0);
  issuer.instead.clear();
  await verifier.ready();
  assert.ok(performance.now() - busySinceMs >= 1000);
});

test('a stream that falls silent is given up within seconds', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { feed, verifier } = follow(t, issuer);
  await verifier.ready();
  issuer.beats = false;
  const chatter = setInterval(() => issuer.tell(': still here\n\n'), 100);
  t.after(() => clearInterval(chatter));
  await until(() => feed().lastFault?.problem === 'silent');
  issuer.beats = true;
  await until(() => feed().state === 'following');
});

test('a new key of the feed is fetched when its first checkpoint comes; given keys are the only ones', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const pinned = { keys: [issuer.feedKey.publicJwk ?? {}] };
  const fetching = follow(t, issuer);
  const given = follow(t, issuer, { feed: { keys: pinned } });
  await Promise.all([fetching.verifier.ready(), given.verifier.ready()]);
  const before = issuer.asked.filter((path) => path === '/feed/keys').length;
  assert.equal(before, 1);
  issuer.feedKey = createFeedKey('f2');
  await until(() => given.feed().lastFault?.problem === 'unknown_key');
  const sid = newSessionId();
  await until(() => issuer.streams.size > 0);
  issuer.revoke({ kind: 'session', sessionId: sid });
  await until(() => fetching.codeOf(issuer.token({ sid })) === 'ERR_TOKEN_REVOKED');
  assert.equal(fetching.feed().lastFault, undefined);
  assert.equal(given.codeOf(issuer.token({ sid })), 'ada', 'what others sign is not believed');
});

test('after close nobody is asked, and whoever waits is told', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier } = follow(t, issuer);
  await verifier.ready();
  await verifier.close();
  await until(() => issuer.streams.size === 0);
  const count = issuer.asked.length;
  await sleep(300);
  assert.equal(issuer.asked.length, count);
  const unreachable = follow(t, { url: 'http://127.0.0.1:9' });
  const waiting = rejection(unreachable.verifier.ready());
  await sleep(50);
  await unreachable.verifier.close();
  assert.equal(await waiting, 'ERR_CLOSED');
});
