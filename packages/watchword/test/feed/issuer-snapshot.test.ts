import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { formatPosition } from '../../src/domain/feed.ts';
import { parseSessionId } from '../../src/domain/ids.ts';
import { SnapshotReader } from '../../src/engine/feed-format/read-snapshot.ts';
import { createRevocationView } from '../../src/engine/revocation/view.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { openFeed, request, verifierOf } from './feed-reader.ts';
import { openIssuer } from './issuer-server.ts';

async function readAll(url: string, authorization: string) {
  const response = await request(url, { authorization });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { response, bytes: Buffer.concat(chunks) };
}

describe('the snapshot of the feed', { concurrency: true }, () => {
  test('has all that is revoked, signed to the last byte, and the stream goes on from it', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    const ids: string[] = [];
    for (let count = 0; count < 300; count += 1) {
      const { session } = await issuer.auth.sessions.start({ subject: `user-${count}` });
      await issuer.auth.revoke.session(session.id);
      ids.push(session.id);
    }
    await issuer.auth.revoke.subject('ada');
    await issuer.auth.revoke.all();
    const { response, bytes } = await readAll(`${issuer.origin}/feed/snapshot?nonce=n-3`, authorization);
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['content-type'], 'application/vnd.watchword.feed-snapshot');
    assert.equal(response.headers['cache-control'], 'no-store');
    const staged = createRevocationView(createFakeClock(), { record: () => undefined });
    const reader = new SnapshotReader(staged, { maxEntries: 10_000 });
    reader.push(bytes);
    const { head, issuer: name, checkpointText } = reader.finish();
    assert.equal(name, issuer.origin);
    const checkpoint = await (await verifierOf(issuer.origin))(checkpointText);
    const end = bytes.length - checkpointText.length - 5;
    const digest = createHash('sha256').update(bytes.subarray(0, end)).digest('base64url');
    assert.equal(checkpoint.snapshot, digest);
    assert.equal(checkpoint.nonce, 'n-3');
    assert.deepEqual([checkpoint.epoch, checkpoint.seq], [head.epoch, 302]);
    assert.equal(checkpoint.hash, Buffer.from(head.hash).toString('base64url'));
    const feed = await openFeed(t, issuer.origin, { authorization, position: formatPosition(head) });
    const { session } = await issuer.auth.sessions.start({ subject: 'berta' });
    await issuer.auth.revoke.session(session.id);
    const [record] = await feed.until(303);
    assert.deepEqual(record?.target, { kind: 'session', sessionId: parseSessionId(session.id) });
    assert.equal(ids.length, 300);
  });

  test('is not given to more readers at once than there is room for', async (t) => {
    const issuer = await openIssuer(t);
    const authorization = await issuer.register('billing');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => readAll(`${issuer.origin}/feed/snapshot`, authorization)),
    );
    for (const { response } of answers) assert.ok([200, 503].includes(response.statusCode ?? 0));
    // Those that were sent have left room.
    assert.equal((await readAll(`${issuer.origin}/feed/snapshot`, authorization)).response.statusCode, 200);
  });
});
