import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as requestOf, type IncomingMessage } from 'node:http';
import type { AddCase, AdapterUnderTest, Cleanup } from './contract.ts';
import { openApp, openAuth } from './world.ts';

/** Follows the feed from before its first entry. */
async function followFeed(t: Cleanup, adapter: AdapterUnderTest) {
  const auth = await openAuth(t);
  const closings: string[] = [];
  auth.events.on('feed_stream_closed', ({ reason }) => void closings.push(reason));
  const { url, stop } = await openApp(t, adapter, auth);
  const { client, secret } = await auth.clients.create({ id: 'billing', roles: ['verifier'] });
  const authorization = `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}`;
  const { epoch } = (await auth.feed.status()).head;
  const headers = { authorization, 'last-event-id': `${epoch}.0.${'A'.repeat(43)}` };
  const asked = requestOf(`${url}/feed`, { headers, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  t.after(() => response.destroy());
  response.on('error', () => undefined);
  response.setEncoding('utf8');
  let received = '';
  response.on('data', (chunk: string) => (received += chunk));
  async function until(expected: RegExp): Promise<void> {
    while (!expected.test(received)) await once(response, 'data');
  }
  return { auth, url, authorization, response, stop, until, closings };
}

export function streamCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('the feed flows: what is revoked arrives while the answer goes on', async (t) => {
    const { auth, response, until } = await followFeed(t, adapter);
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['content-type'], 'text/event-stream');
    assert.equal(response.headers['cache-control'], 'no-store');
    assert.match(String(response.headers['set-cookie']), /^theme=dark/);
    await until(/event: checkpoint\n/);
    await auth.revoke.subject('mallory');
    await until(/event: records\n[^]*mallory/);
    assert.equal((await auth.feed.status()).connections, 1);
  });

  add('an answer that is a stream and ends by itself arrives whole', async (t) => {
    const { auth, url, authorization } = await followFeed(t, adapter);
    for (let count = 0; count < 300; count += 1) await auth.revoke.subject(`subject-${count}`);
    const snapshot = await fetch(`${url}/feed/snapshot`, { headers: { authorization } });
    assert.deepEqual(
      [snapshot.status, snapshot.headers.get('content-type')],
      [200, 'application/vnd.watchword.feed-snapshot'],
    );
    const text = Buffer.from(await snapshot.arrayBuffer()).toString('latin1');
    for (const subject of ['subject-0', 'subject-299']) assert.ok(text.includes(subject), subject);
    const head = await fetch(`${url}/feed/snapshot`, { method: 'HEAD', headers: { authorization } });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });

  add('a reader that leaves is noticed', async (t) => {
    const { auth, response, until, closings } = await followFeed(t, adapter);
    await until(/event: checkpoint\n/);
    response.destroy();
    while (closings.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(closings, ['client_left']);
    assert.equal((await auth.feed.status()).connections, 0);
  });

  add('when the application stops, the feed ends in good order and holds nothing up', async (t) => {
    const { response, stop, until, closings } = await followFeed(t, adapter);
    await until(/event: checkpoint\n/);
    const ended = once(response, 'end');
    await stop();
    await ended;
    assert.equal(response.complete, true);
    assert.deepEqual(closings, ['closing']);
  });
}
