import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start-cluster.ts';
import { findFreePort } from '../test-servers/free-port.ts';

test('three servers on PostgreSQL and Redis answer as one, and end', { timeout: 90_000 }, async () => {
  const { address, servers, end } = await startCluster({ port: await findFreePort(), servers: 3 });
  try {
    const signedUp = await fetch(`${address}/auth/sign-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: 'ada@example.org',
        password: 'seven wet otters sing at noon',
        delivery: 'body',
      }),
    });
    assert.equal(signedUp.status, 201);
    const { access_token: token } = (await signedUp.json()) as { readonly access_token: string };
    const authorization = `Bearer ${token}`;
    for (const server of servers) {
      const session = await fetch(`${server}/auth/session`, { headers: { authorization } });
      assert.equal(session.status, 200, server);
    }
    const signedOut = await fetch(`${address}/auth/sign-out`, { method: 'POST', headers: { authorization } });
    assert.ok(signedOut.ok, String(signedOut.status));
  } finally {
    await end();
  }
  await assert.rejects(fetch(`${address}/healthz`));
});
