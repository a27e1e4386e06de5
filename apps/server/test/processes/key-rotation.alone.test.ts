import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createWatchword } from 'watchword';
import { sqlite } from 'watchword/sqlite';
import { createVerifier, type Verifier } from 'watchword/verifier';
import { ask, closeConnections, startGroup, type Member } from './server-group.ts';

const LONG = process.env['WATCHWORD_LONG'] !== undefined;
const ROTATIONS = LONG ? 20 : 2;
const BETWEEN_MS = 3000;
/** What a compromised key can take to arrive at a verifier elsewhere. */
const RENEWAL_SECONDS = 2;
const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery', delivery: 'body' };

after(closeConnections);

test('keys rotate under load: no valid token is refused, and none of a compromised key is taken', async (t) => {
  const members = await startGroup(t, 3, { WATCHWORD_RACE_WINDOW_MS: '0', WATCHWORD_ROTATION: 'strict' });
  const [first] = members;
  assert.ok(first);
  const { issuer, data, port } = first;
  const verifiers = [1, 2].map(() =>
    createVerifier({
      issuer,
      audience: issuer,
      jwksUri: `http://127.0.0.1:${port}/.well-known/jwks.json`,
      renewKeysAfterSeconds: RENEWAL_SECONDS,
    }),
  );
  // Another process on the same database, which says when.
  const auth = await createWatchword({
    issuer,
    store: sqlite(join(data, 'watchword.db')),
    algorithm: 'ES256',
  });
  t.after(() => auth.close());
  for (const verifier of verifiers) {
    t.after(() => verifier.close());
    await verifier.ready();
  }
  await ask(first, 'POST', '/auth/sign-up', { body: CREDENTIALS });
  let stopped = false;
  const load = members.map((member) => keepRefreshing(member, members, verifiers, () => stopped));
  for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
    await pause(BETWEEN_MS - 250);
    await auth.keys.rotate();
  }
  await pause(500);
  stopped = true;
  const results = await Promise.all(load);
  const refreshes = results.reduce((sum, { count }) => sum + count, 0);
  const keys = new Set(results.flatMap(({ kids }) => [...kids]));
  t.diagnostic(`${refreshes} tokens under ${keys.size} keys, each judged by three servers and two verifiers`);
  assert.equal(keys.size, ROTATIONS + 1);

  const { token } = results[0] as LoadResult;
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  for (const verifier of verifiers)
    await assert.rejects(verifier.authenticate(forged), { code: 'ERR_TOKEN_SIGNATURE' });
  await auth.keys.compromise(kidOf(token));
  await pause(100);
  for (const member of members) {
    assert.equal((await ask(member, 'GET', '/me', { token })).json.code, 'ERR_TOKEN_REVOKED');
  }
  await pause(RENEWAL_SECONDS * 1000);
  for (const verifier of verifiers)
    assert.throws(() => verifier.verify(token), { code: 'ERR_TOKEN_KEY_UNKNOWN' });
});

interface LoadResult {
  readonly count: number;
  readonly kids: ReadonlySet<string>;
  readonly token: string;
}

/** Signs in, and refreshes without a pause; each token is shown to everybody at once. */
async function keepRefreshing(
  member: Member,
  members: readonly Member[],
  verifiers: readonly Verifier[],
  isOver: () => boolean,
): Promise<LoadResult> {
  const signedIn = await ask(member, 'POST', '/auth/sign-in', { body: CREDENTIALS });
  let refreshToken: string = signedIn.json.refresh_token;
  let token = '';
  let count = 0;
  const kids = new Set<string>();
  while (!isOver()) {
    const { status, json } = await ask(member, 'POST', '/auth/refresh', {
      body: { refresh_token: refreshToken },
    });
    assert.equal(status, 200, JSON.stringify(json));
    ({ refresh_token: refreshToken, access_token: token } = json);
    const asked = members.map((other) => ask(other, 'GET', '/me', { token }));
    const judged = verifiers.map((verifier) => verifier.authenticate(token));
    for (const answer of await Promise.all(asked))
      assert.equal(answer.status, 200, JSON.stringify(answer.json));
    await Promise.all(judged);
    kids.add(kidOf(token));
    count += 1;
  }
  return { count, kids, token };
}

function kidOf(token: string): string {
  const [header = ''] = token.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}
