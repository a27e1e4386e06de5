import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import type { ReadableStream } from 'node:stream/web';
import { openOAuthServer, type OAuthServer } from './oauth-server.ts';

const INSTANCE = '5'.repeat(32);

/** Follows the feed by the letter of the protocol, without looking inside, and says where it is after each batch. */
async function follow(t: TestContext, { auth, origin }: OAuthServer) {
  const { client, secret } = await auth.clients.create({ id: 'billing', roles: ['verifier'] });
  const authorization = `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}`;
  const { head } = await auth.revoke.log();
  const genesis = `${head.epoch}.0.${'A'.repeat(43)}`;
  const stopping = new AbortController();

  async function say(position: string, rest: object = {}): Promise<void> {
    const [epoch, sequence, hash] = position.split('.');
    const receipt = {
      instance: INSTANCE,
      name: 'billing-1',
      version: '0.1.0',
      epoch,
      sequence: Number(sequence),
      hash,
    };
    const response = await fetch(`${origin}/feed/receipts`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ ...receipt, ...rest }),
    });
    assert.equal(response.status, 200, await response.text());
  }

  const headers = { authorization, 'last-event-id': genesis };
  const response = await fetch(`${origin}/feed?nonce=n`, { headers, signal: stopping.signal });
  assert.equal(response.status, 200);
  await say(genesis);
  const following = (async () => {
    const lines = createInterface({ input: Readable.fromWeb(response.body as ReadableStream) });
    let known = genesis;
    for await (const line of lines) {
      const position = line.startsWith('id: ') ? line.slice(4) : known;
      if (position !== known) await say(position);
      known = position;
    }
  })().catch(() => undefined);
  const stop = async () => {
    stopping.abort();
    await following;
  };
  t.after(stop);
  return { say, stop, genesis };
}

test('who follows the feed acknowledges what is revoked, until it stops', async (t) => {
  const server = await openOAuthServer(t);
  const { auth } = server;
  const verifier = await follow(t, server);
  const before = await auth.feed.status();
  assert.deepEqual(
    [before.connections, before.verifiers.map(({ name, state }) => [name, state])],
    [1, [['billing-1', 'current']]],
  );
  for (let sequence = 1; sequence <= 3; sequence += 1) {
    const { receipts } = await auth.revoke.subject('ada', { wait: '5s' });
    assert.equal(receipts?.complete, true);
    const [acknowledgement] = receipts.acknowledged;
    assert.deepEqual(
      { ...acknowledgement, ms: 0 },
      { clientId: 'billing', instance: INSTANCE, name: 'billing-1', ms: 0 },
    );
    const { ms = Number.NaN } = acknowledgement ?? {};
    assert.ok(ms < 5000, String(ms));
  }
  await verifier.stop();
  const { receipts } = await auth.revoke.all({ wait: '100ms' });
  assert.deepEqual(
    receipts?.missing.map(({ name, behind }) => [name, behind]),
    [['billing-1', 1]],
  );
  await verifier.say(verifier.genesis, { closing: true });
  assert.deepEqual((await auth.feed.status()).verifiers, []);
});
