import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { calculateJwkThumbprint } from 'jose';
import { deriveFeedKey } from '../../src/crypto/jws/feed-key.ts';
import type { StoreFactory } from '../../src/ports/store/store.ts';
import { createMemoryState } from '../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../src/stores/memory/memory.ts';
import { createInstallation } from '../facade/support/installation.ts';

describe('the key of the feed', () => {
  test('is made with the first keys, and its name says which it is', async (t) => {
    const installation = createInstallation(t);
    await installation.open();
    const { feedKeys } = await installation.ring();
    assert.equal(feedKeys.length, 1);
    const { id, publicJwk } = feedKeys[0]?.key ?? {};
    const thumbprint = await calculateJwkThumbprint(
      publicJwk as Parameters<typeof calculateJwkThumbprint>[0],
    );
    assert.equal(id, `feed-1-${thumbprint.slice(0, 16)}`);
  });

  test('is made once where keys were made before there was a feed, whichever processes start', async (t) => {
    const installation = createInstallation(t);
    const state = createMemoryState(installation.random.bytes(16));
    const store: StoreFactory = {
      kind: 'memory',
      durable: false,
      open: async (context) => createMemoryStore(state, context),
    };
    const { auth: first } = await installation.open({ store });
    const { accessToken, refreshToken } = await first.sessions.start({ subject: 'ada' });
    await first.close();
    assert.ok(state.roots.delete('feed/1'));
    const opened = await Promise.all(Array.from({ length: 5 }, () => installation.open({ store })));
    assert.deepEqual([...state.roots.keys()].toSorted(), ['feed/1', 'refresh/1', 'token_id/1']);
    for (const { auth } of opened) assert.equal(auth.verify(accessToken).subject, 'ada');
    const [one] = opened;
    assert.equal((await one?.auth.sessions.refresh(refreshToken))?.session.subject, 'ada');
  });

  test('is another one for another issuer on a copy of the same keys', () => {
    const root = new Uint8Array(32).fill(5);
    const ids = ['https://a.example', 'https://b.example'].map((issuer) => deriveFeedKey(root, 1, issuer).id);
    assert.notEqual(ids[0], ids[1]);
  });

  test('is replaced by two processes at once without one of them failing', async (t) => {
    const installation = createInstallation(t);
    const [a, b] = [await installation.open(), await installation.open()];
    const made = await installation.through(
      Promise.all([a.auth.keys.rotateFeedKey(), b.auth.keys.rotateFeedKey()]),
    );
    assert.deepEqual(made.map(({ version }) => version).toSorted(), [2, 3]);
    assert.deepEqual(
      a.newTypes().filter((type) => type.endsWith('announced')),
      ['feed_key_announced'],
    );
    assert.equal((await installation.ring()).feedKeys.length, 3);
  });
});
