import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { formatPosition } from '../../src/domain/feed.ts';
import { targetId } from '../../src/domain/revocation.ts';
import { documentAt, openFeed, request, verifierOf } from './feed-reader.ts';
import { backUp, basic, openIssuer, type IssuerServer } from './issuer-server.ts';

async function revokeSubjects({ auth }: IssuerServer, ...subjects: readonly string[]): Promise<void> {
  for (const subject of subjects) await auth.revoke.subject(subject);
}

async function soon(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    assert.ok(tries < 300, 'it does not happen');
    await sleep(10);
  }
}

describe('the stream of the feed', { concurrency: true }, () => {
  test('sends what follows upon a position, then what happens, then that nothing does', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    await revokeSubjects(issuer, 'ada', 'berta');
    const feed = await openFeed(t, issuer.origin, {
      authorization,
      position: issuer.genesis(),
      nonce: 'n-1',
    });
    const first = await feed.next();
    assert.deepEqual(
      first?.records.map(({ target }) => targetId(target)),
      ['ada', 'berta'],
    );
    assert.equal(first?.checkpoint.nonce, 'n-1');
    assert.equal(first?.checkpoint.settle_ms, 40_000);
    const begunMs = performance.now();
    await revokeSubjects(issuer, 'clara');
    assert.deepEqual(
      (await feed.until(3)).map(({ sequence, target }) => [sequence, targetId(target)]),
      [[3, 'clara']],
    );
    assert.ok(performance.now() - begunMs < 500, 'at once, not with the next heartbeat');
    const beat = await feed.next();
    assert.equal(beat?.checkpoint.nonce, undefined);
    const next = await feed.next();
    assert.deepEqual([beat?.records, next?.records], [[], []]);
    assert.ok(beat && next && next.checkpoint.as_of > beat.checkpoint.as_of);
    const elapsedMs = next.checkpoint.now - beat.checkpoint.now;
    assert.ok(elapsedMs > 800 && elapsedMs < 2500, `a heartbeat each second, and not ${elapsedMs} ms`);
    assert.equal(next.checkpoint.clock, first?.checkpoint.clock);
    feed.close();
    await soon(() => issuer.events.some(({ type }) => type === 'feed_stream_closed'));
    const told = issuer.events.filter(({ type }) => type.startsWith('feed_stream'));
    assert.deepEqual(
      told.map((event) => [event.type, 'reason' in event ? event.reason : '']),
      [
        ['feed_stream_opened', ''],
        ['feed_stream_closed', 'client_left'],
      ],
    );
    assert.equal((await issuer.auth.feed.status()).connections, 0);
  });

  test('goes on from memory and from the store, wherever the reader was', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    const names = Array.from({ length: 2500 }, (_, index) => `user-${index}`);
    await Promise.all(names.slice(0, 2400).map((name) => issuer.auth.revoke.subject(name)));
    const positions = [...issuer.state.log]
      .filter(({ sequence }) => [1, 999, 1400, 2399].includes(sequence))
      .map(({ sequence, hash }) => formatPosition({ epoch: issuer.head().epoch, sequence, hash }));
    const early = await openFeed(t, issuer.origin, { authorization, position: issuer.genesis() });
    const partial = await early.next();
    assert.equal(partial?.records.length, 1000);
    assert.equal(partial?.checkpoint.as_of, 0, 'what is not all says nothing of when it was all');
    await Promise.all(names.slice(2400).map((name) => issuer.auth.revoke.subject(name)));
    assert.equal((await early.until(2500)).length, 1500);
    for (const position of [issuer.genesis(), ...positions, issuer.position()]) {
      const feed = await openFeed(t, issuer.origin, { authorization, position });
      const sequence = Number(position.split('.')[1]);
      const records = await feed.until(2500);
      assert.deepEqual(
        records.map((record) => record.sequence),
        Array.from({ length: 2500 - sequence }, (_, index) => sequence + index + 1),
      );
      feed.close();
    }
  });

  test('refuses positions that are missing, of another history, forged or beyond the head', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    await revokeSubjects(issuer, 'ada', 'berta', 'clara');
    const { epoch } = issuer.head();
    const ask = (position: string) => issuer.get('/feed', authorization, { 'last-event-id': position });
    const hash = new Uint8Array(32).fill(7);
    const forged = (sequence: number) => formatPosition({ epoch, sequence, hash });
    assert.equal((await issuer.get('/feed', authorization)).status, 400);
    for (const text of [
      'x',
      `${epoch}.3`,
      `${epoch}.03.${'A'.repeat(43)}`,
      `${epoch}.3.${'A'.repeat(42)}B`,
    ]) {
      const answer = await ask(text);
      assert.deepEqual([answer.status, JSON.parse(answer.body).code], [400, 'ERR_FEED_POSITION_INVALID']);
    }
    const other = formatPosition({ ...issuer.head(), epoch: '0'.repeat(32) });
    async function refusesAll(): Promise<void> {
      for (const position of [other, forged(0), forged(1), forged(2), forged(3), forged(4), forged(1e15)]) {
        const answer = await ask(position);
        assert.deepEqual([answer.status, JSON.parse(answer.body).code], [409, 'ERR_FEED_POSITION'], position);
      }
    }
    await refusesAll();
    // The same once entries are in memory.
    await openFeed(t, issuer.origin, { authorization, position: issuer.position() });
    await revokeSubjects(issuer, 'dora');
    await soon(() => issuer.head().sequence === 4);
    await refusesAll();
    // Entries before the first that has not expired are a gap.
    issuer.state.log = issuer.state.log.filter(({ sequence }) => sequence !== 2);
    const { log } = issuer.state;
    assert.equal((await ask(issuer.genesis())).status, 409);
    assert.equal((await ask(formatPosition({ epoch, sequence: 1, hash: log[0]?.hash ?? hash }))).status, 409);
  });

  test('is for clients with the role, and keys are for everybody', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    const other = await issuer.register('reports', ['introspect']);
    const position = { 'last-event-id': issuer.position() };
    for (const path of ['/feed', '/feed/snapshot']) {
      const nobody = await fetch(issuer.origin + path, { headers: position });
      assert.deepEqual(
        [nobody.status, nobody.headers.get('www-authenticate')?.split(' ')[0]],
        [401, 'Basic'],
      );
      assert.equal((await issuer.get(path, basic('billing', 'wrong'), position)).status, 401);
      assert.equal((await issuer.get(path, other, position)).status, 403);
      for (const nonce of ['', 'a'.repeat(65), 'a b', 'a&nonce=b']) {
        assert.equal(
          (await issuer.get(`${path}?nonce=${nonce}`, authorization, position)).status,
          422,
          nonce,
        );
      }
    }
    assert.equal((await issuer.post('/feed/receipts', other, {})).status, 403);
    const keys = await fetch(`${issuer.origin}/feed/keys`);
    assert.match(keys.headers.get('cache-control') ?? '', /max-age=300/);
    const { keys: published } = await documentAt(`${issuer.origin}/feed/keys`);
    assert.deepEqual(
      published.map((key: Record<string, unknown>) => [key['kty'], key['crv'], key['alg'], key['d']]),
      [['OKP', 'Ed25519', 'EdDSA', undefined]],
    );
    assert.ok(issuer.auth.keys.list().every(({ id }) => id !== published[0].kid));
    const metadata = await documentAt(`${issuer.origin}/.well-known/oauth-authorization-server`);
    assert.equal(metadata.watchword_feed_endpoint, `${issuer.origin}/feed`);
    const head = await fetch(`${issuer.origin}/feed`, {
      method: 'HEAD',
      headers: { authorization, ...position },
    });
    assert.deepEqual([head.status, (await issuer.auth.feed.status()).connections], [200, 0]);
  });

  test('ends when a backup is restored, and goes on in another epoch', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    await revokeSubjects(issuer, 'ada');
    const position = issuer.position();
    const feed = await openFeed(t, issuer.origin, { authorization, position });
    await feed.next();
    await issuer.auth.acceptRestore({ forSeconds: 60 });
    await feed.toEnd();
    assert.equal((await issuer.get('/feed', authorization, { 'last-event-id': position })).status, 409);
    const again = await openFeed(t, issuer.origin, { authorization, position: issuer.position() });
    await revokeSubjects(issuer, 'berta');
    assert.equal((await again.until(2)).length, 1);
  });

  test('begins another epoch by itself when the store has lost what was told', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    await revokeSubjects(issuer, 'ada');
    const restore = backUp(issuer.state);
    const { epoch } = issuer.head();
    const feed = await openFeed(t, issuer.origin, { authorization, position: issuer.position() });
    await revokeSubjects(issuer, 'berta');
    await feed.until(2);
    const position = issuer.position();
    // Before any look has shown that entry, so that only the process itself knows of it.
    restore();
    await feed.toEnd();
    await soon(() => issuer.head().epoch !== epoch);
    const lost = issuer.events.filter(({ type }) => type === 'revocation_log_lost');
    assert.deepEqual(
      lost.map((event) => event.type === 'revocation_log_lost' && [event.sequence, event.knownSequence]),
      [[1, 2]],
    );
    await soon(() => issuer.auth.revoke.ageMs() < 100);
    assert.equal((await issuer.get('/feed', authorization, { 'last-event-id': position })).status, 409);
    await openFeed(t, issuer.origin, { authorization, position: issuer.position() });
  });

  test('does not call itself fresh while the store is away, and stays open', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    const feed = await openFeed(t, issuer.origin, { authorization, position: issuer.position() });
    await feed.next();
    issuer.setAway(true);
    const stale = async () => {
      for (;;) {
        const step = await feed.next();
        assert.ok(step, 'the stream stays open');
        if (step.checkpoint.now - step.checkpoint.as_of > 500) return step;
      }
    };
    let before = await stale();
    let during = await stale();
    // A look that had begun before may still have come to its end.
    if (during.checkpoint.as_of !== before.checkpoint.as_of) [before, during] = [during, await stale()];
    assert.equal(during.checkpoint.as_of, before.checkpoint.as_of);
    assert.ok(during.checkpoint.now > before.checkpoint.now);
    const refused = await issuer.get('/feed', authorization, { 'last-event-id': issuer.position() });
    assert.equal(refused.status, 503);
    issuer.setAway(false);
    let after = await feed.next();
    while (after?.checkpoint.as_of === during.checkpoint.as_of) after = await feed.next();
    assert.ok(after && after.checkpoint.as_of > during.checkpoint.as_of);
  });

  test('ends for a credential that is withdrawn, and for no other', async (t) => {
    const issuer = await openIssuer(t);
    const open = (authorization: string) =>
      openFeed(t, issuer.origin, { authorization, position: issuer.position() });
    const [deleted, rotated, kept] = await Promise.all(
      ['deleted', 'rotated', 'kept'].map(async (id) => open(await issuer.register(id))),
    );
    assert.ok(deleted && rotated && kept);
    const begunMs = performance.now();
    await issuer.auth.clients.delete('deleted');
    await issuer.auth.clients.rotate('rotated');
    await issuer.auth.clients.rotate('kept', { keepFormerForSeconds: 60 });
    await Promise.all([deleted.toEnd(), rotated.toEnd()]);
    assert.ok(performance.now() - begunMs < 2500);
    assert.ok(await kept.next());
    assert.equal((await issuer.auth.feed.status()).connections, 1);
  });

  test('ends when the installation is closed', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    const feed = await openFeed(t, issuer.origin, { authorization, position: issuer.position() });
    issuer.auth.http.endStreams();
    await feed.toEnd();
    const response = await request(`${issuer.origin}/feed`, {
      authorization,
      'last-event-id': issuer.position(),
    });
    assert.equal(response.statusCode, 503);
    response.destroy();
  });

  test('is signed by the newest key, and those before it stay published', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    const feed = await openFeed(t, issuer.origin, { authorization, position: issuer.position() });
    const first = await feed.next();
    assert.match(first?.checkpoint.kid ?? '', /^feed-1-/);
    assert.deepEqual(await issuer.auth.keys.rotateFeedKey(), { version: 2 });
    const { keys } = await documentAt(`${issuer.origin}/feed/keys`);
    assert.equal(keys.length, 2);
    const body = { instance: 'a'.repeat(32), name: 'b', version: '1', ...place(issuer), nonce: 'n' };
    const { json } = await issuer.post('/feed/receipts', authorization, body);
    const checkpoint = await (await verifierOf(issuer.origin))(json.checkpoint);
    assert.match(checkpoint.kid, /^feed-2-/);
    assert.ok(first && checkpoint.keys > first.checkpoint.keys);
  });
});

function place({ state }: IssuerServer) {
  const { epoch, sequence, hash } = state.head;
  return { epoch, sequence, hash: Buffer.from(hash).toString('base64url') };
}
