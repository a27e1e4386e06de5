import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from '../app/assert-problem.ts';
import { ask } from '../app/exchange.ts';
import type { Host } from '../app/hosts.ts';
import { startAdminHost } from './admin-host.ts';

const PATH = '/admin/v1/clients';

/** Whether a client with the role `introspect` gets an answer with this secret. */
async function isTaken(host: Host, id: string, secret: string): Promise<boolean> {
  const { status } = await ask(host, {
    method: 'POST',
    path: '/oauth/introspect',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    },
    body: 'token=x',
  });
  return status === 200;
}

test('a client is told its secret once, and the secret works', async (t) => {
  const host = await startAdminHost(t);
  const made = await host.admin('POST', PATH, { id: 'billing', name: 'Billing', roles: ['introspect'] });
  assert.equal(made.status, 201);
  assert.match(made.body.secret, /^wwcs_[A-Za-z0-9_-]{43}$/);
  const { client, secret } = made.body;
  assert.deepEqual(Object.keys(client), [
    'id',
    'name',
    'roles',
    'created_at',
    'secret_changed_at',
    'former_secret_until',
  ]);
  assert.deepEqual([client.id, client.name, client.roles], ['billing', 'Billing', ['introspect']]);
  assert.equal(client.former_secret_until, null);
  assert.ok(await isTaken(host, 'billing', secret));
  const shown = [await host.admin('GET', `${PATH}/billing`), await host.admin('GET', PATH)];
  assert.deepEqual([shown[0]?.body, shown[1]?.body], [client, { clients: [client] }]);
  assert.ok(shown.every(({ text }) => !text.includes(secret)));
});

test('without an id a client gets one, with its name', async (t) => {
  const host = await startAdminHost(t);
  const { client } = (await host.admin('POST', PATH, {})).body;
  assert.match(client.id, /^[0-9a-f-]{36}$/);
  assert.deepEqual([client.name, client.roles], [client.id, []]);
});

test('an id is used once', async (t) => {
  const host = await startAdminHost(t);
  await host.admin('POST', PATH, { id: 'billing' });
  const again = await host.admin('POST', PATH, { id: 'billing' });
  assertProblem(again, 'again', { status: 409, code: 'ERR_CLIENT_EXISTS' });
});

test('a new secret replaces the one before, at once or after a while', async (t) => {
  const host = await startAdminHost(t);
  const { secret: first } = (await host.admin('POST', PATH, { id: 'a', roles: ['introspect'] })).body;
  const second = await host.admin('POST', `${PATH}/a/secret`, { keep_former_for_seconds: 60 });
  assert.equal(second.status, 200);
  const { former_secret_until, secret_changed_at } = second.body.client;
  assert.equal(Date.parse(former_secret_until) - Date.parse(secret_changed_at), 60_000);
  assert.ok(await isTaken(host, 'a', first));
  assert.ok(await isTaken(host, 'a', second.body.secret));
  const third = await host.admin('POST', `${PATH}/a/secret`);
  assert.equal(third.body.client.former_secret_until, null);
  assert.ok(!(await isTaken(host, 'a', second.body.secret)));
  assert.ok(await isTaken(host, 'a', third.body.secret));
});

test('who is deleted is nobody', async (t) => {
  const host = await startAdminHost(t);
  const { secret } = (await host.admin('POST', PATH, { id: 'a', roles: ['introspect'] })).body;
  const gone = await host.admin('DELETE', `${PATH}/a`);
  assert.deepEqual([gone.status, gone.text], [204, '']);
  assert.ok(!(await isTaken(host, 'a', secret)));
  for (const [method, path] of [
    ['GET', `${PATH}/a`],
    ['DELETE', `${PATH}/a`],
    ['POST', `${PATH}/a/secret`],
    ['GET', `${PATH}/${'x'.repeat(500)}`],
    ['DELETE', `${PATH}/%2e%2e%2f`],
  ] as const) {
    assertProblem(await host.admin(method, path), path, { status: 404, code: 'ERR_CLIENT_UNKNOWN' });
  }
  assert.deepEqual((await host.admin('GET', PATH)).body, { clients: [] });
});

test('ids, names and roles that are none are refused', async (t) => {
  const host = await startAdminHost(t);
  const wrong: readonly unknown[] = [
    { id: '' },
    { id: 'app' },
    { id: '-a' },
    { id: 'a b' },
    { id: 'a'.repeat(65) },
    { id: 'a\n' },
    { name: '' },
    { name: 'a\u0007' },
    { roles: 'introspect' },
    { roles: ['root'] },
    { roles: ['introspect', 'introspect'] },
    { secret: 'mine' },
  ];
  for (const body of wrong) {
    assertProblem(await host.admin('POST', PATH, body), JSON.stringify(body), { code: 'ERR_BODY_INVALID' });
  }
  await host.admin('POST', PATH, { id: 'a' });
  for (const keep_former_for_seconds of [-1, 604_801, 0.5, '60', null]) {
    const answer = await host.admin('POST', `${PATH}/a/secret`, { keep_former_for_seconds });
    assertProblem(answer, String(keep_former_for_seconds), { code: 'ERR_BODY_INVALID' });
  }
});
