import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Client } from '../../src/facade/index.ts';
import { memory } from '../../src/stores/memory/index.ts';
import { createClients } from '../../src/engine/clients/clients.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { rejection } from './support/errors.ts';
import { createInstallation, type Installation } from './support/installation.ts';

test('a client gets an id, a name and no role, and is told its secret once', async (t) => {
  const installation = createInstallation(t);
  const { auth, events } = await installation.open();
  const nowMs = installation.clock.nowMs();
  const { client, secret } = await auth.clients.create();
  assert.match(secret, /^wwcs_[\w-]{43}$/);
  assert.match(client.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  const expected: Client = {
    id: client.id,
    name: client.id,
    roles: [],
    createdMs: nowMs,
    secretChangedMs: nowMs,
  };
  assert.deepEqual(client, expected);
  assert.deepEqual(await auth.clients.get(client.id), expected);
  assert.deepEqual(await auth.clients.list(), [expected]);
  const second = await auth.clients.create({
    id: 'A.b_c-9',
    name: 'Bïlling 💶',
    roles: ['service', 'verifier'],
  });
  assert.deepEqual(
    [second.client.id, second.client.name, second.client.roles],
    ['A.b_c-9', 'Bïlling 💶', ['service', 'verifier']],
  );
  assert.notEqual(second.secret, secret);
  assert.deepEqual(
    events.filter(({ type }) => type.startsWith('client_')),
    [
      { type: 'client_created', atMs: nowMs, clientId: client.id, roles: [] },
      { type: 'client_created', atMs: nowMs, clientId: 'A.b_c-9', roles: ['service', 'verifier'] },
    ],
  );
});

test('an id that is in use, or was, is refused', async (t) => {
  const { auth, newTypes } = await createInstallation(t).open();
  await auth.clients.create({ id: 'billing' });
  const again = () => rejection(auth.clients.create({ id: 'billing', roles: ['service'] }));
  assert.equal((await again()).code, 'ERR_CLIENT_EXISTS');
  await auth.clients.delete('billing');
  const error = await again();
  assert.deepEqual([error.code, error.status], ['ERR_CLIENT_EXISTS', 409]);
  assert.deepEqual(newTypes(), ['client_created', 'client_deleted']);
  assert.deepEqual(await auth.clients.list(), []);
});

test('what is wrong about a new client is said in a sentence, and nothing is registered', async (t) => {
  const { auth } = await createInstallation(t).open();
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ id: '' }, /^`id` has to be 1 to 64 letters, digits, dots, hyphens and underscores/],
    [{ id: '.hidden' }, /beginning with a letter or digit/],
    [{ id: '__proto__' }, /^`id` has to be/],
    [{ id: 'a b' }, /^`id` has to be/],
    [{ id: 'a\n' }, /^`id` has to be/],
    [{ id: 'bïlling' }, /^`id` has to be/],
    [{ id: 'x'.repeat(65) }, /^`id` has to be/],
    [{ id: 7 }, /^`id` has to be/],
    [{ id: null }, /^`id` has to be/],
    [{ id: ['a'] }, /^`id` has to be/],
    [{ id: 'app' }, /^`app` is the client without a secret: choose another `id`\.$/],
    [{ name: '' }, /^`name` has to be a string of 1 to 255 characters/],
    [{ name: 'a\u0000b' }, /^`name` has to be/],
    [{ name: 'x'.repeat(256) }, /^`name` has to be/],
    [{ name: 7 }, /^`name` has to be/],
    [{ roles: 'service' }, /^`roles` has to be an array of service, introspect, verifier\.$/],
    [{ roles: ['admin'] }, /^`roles` has to be an array/],
    [{ roles: [undefined] }, /^`roles` has to be an array/],
    [{ roles: ['service', 'service'] }, /^`roles` names a role twice\.$/],
    [{ role: ['service'] }, /^`clients\.create` has no option `role`: did you mean `roles`\?$/],
    [{ secret: 'my own' }, /^`clients\.create` has no option `secret`: it takes `id`, `name`, `roles`\.$/],
    [null, /^`clients\.create` takes an object of options\.$/],
    ['billing', /^`clients\.create` takes an object of options\.$/],
  ];
  for (const [input, sentence] of wrong) {
    const error = await rejection(auth.clients.create(input as object));
    assert.equal(error.code, 'ERR_OPTION', JSON.stringify(input));
    assert.match(error.message, sentence);
  }
  assert.deepEqual(await auth.clients.list(), []);
  assert.equal(
    (await auth.clients.create({ id: 'x'.repeat(64), name: 'x'.repeat(255) })).client.id.length,
    64,
  );
});

test('who is unknown is not found, not renewed and not deleted, whatever its id looks like', async (t) => {
  const { auth } = await createInstallation(t).open();
  await auth.clients.create({ id: 'billing' });
  for (const id of [
    'Billing',
    '',
    '__proto__',
    'a\0',
    '\ud800',
    'x'.repeat(9000),
    undefined,
    7,
    {},
  ] as string[]) {
    assert.equal(await auth.clients.get(id), undefined);
    for (const work of [auth.clients.rotate(id), auth.clients.delete(id)]) {
      const error = await rejection(work);
      assert.deepEqual([error.code, error.status], ['ERR_CLIENT_UNKNOWN', 404]);
    }
  }
  await auth.clients.delete('billing');
  assert.equal((await rejection(auth.clients.delete('billing'))).code, 'ERR_CLIENT_UNKNOWN');
  assert.equal((await rejection(auth.clients.rotate('billing'))).code, 'ERR_CLIENT_UNKNOWN');
});

test('how long a former secret overlaps is a whole number of seconds, up to a week', async (t) => {
  const { auth } = await createInstallation(t).open();
  await auth.clients.create({ id: 'billing' });
  for (const keepFormerForSeconds of [-1, 1.5, 604_801, Number.NaN, Infinity, '60', null] as number[]) {
    const error = await rejection(auth.clients.rotate('billing', { keepFormerForSeconds }));
    assert.equal(error.message, '`keepFormerForSeconds` has to be a whole number from 0 to 604800.');
  }
  const misspelt = await rejection(auth.clients.rotate('billing', { keepFormer: 60 } as object));
  assert.match(misspelt.message, /^`clients\.rotate` has no option `keepFormer`/);
  assert.equal(
    (await auth.clients.rotate('billing', { keepFormerForSeconds: 604_800 })).client.id,
    'billing',
  );
});

test('a former secret proves its client until its time, to the millisecond, and the one before it never', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  const clients = await clientsOf(installation);
  const proves = async (secret: string) => (await clients.authenticate('billing', secret)) !== undefined;
  const { secret: first } = await auth.clients.create({ id: 'billing' });
  const changedMs = installation.clock.nowMs();
  const { secret: second, client } = await auth.clients.rotate('billing', { keepFormerForSeconds: 60 });
  assert.equal(client.formerSecretUntilMs, changedMs + 60_000);
  assert.deepEqual(await auth.clients.get('billing'), client);
  assert.deepEqual([await proves(first), await proves(second)], [true, true]);
  installation.later(59_999);
  assert.equal(await proves(first), true);
  installation.later(1);
  assert.deepEqual([await proves(first), await proves(second)], [false, true]);
  const { secret: third } = await auth.clients.rotate('billing', { keepFormerForSeconds: 60 });
  const { secret: fourth } = await auth.clients.rotate('billing', { keepFormerForSeconds: 60 });
  const alive = [await proves(first), await proves(second), await proves(third), await proves(fourth)];
  assert.deepEqual(alive, [false, false, true, true], 'one former secret is kept, not a chain of them');
  const { secret: fifth, client: alone } = await auth.clients.rotate('billing');
  assert.equal('formerSecretUntilMs' in alone, false);
  assert.deepEqual([await proves(fourth), await proves(fifth)], [false, true]);
  installation.later(-3_600_000);
  assert.equal(await proves(fourth), false, 'nor when the clock is set back');
});

test('neither the store nor an event nor an error contains a secret', async (t) => {
  const installation = createInstallation(t);
  const { auth, events } = await installation.open();
  const created = await auth.clients.create({ id: 'billing', roles: ['introspect'] });
  const renewed = await auth.clients.rotate('billing', { keepFormerForSeconds: 60 });
  const clients = await clientsOf(installation);
  await clients.authenticate('billing', `${renewed.secret}x`);
  await clients.authenticate(created.secret, created.secret);
  const store = await installation.store();
  const record = await store.clients.find('billing');
  assert.ok(record?.formerSecretHash !== undefined);
  const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
  assert.equal(Buffer.from(record.secretHash).toString('hex'), hashOf(renewed.secret));
  assert.equal(Buffer.from(record.formerSecretHash).toString('hex'), hashOf(created.secret));
  const kept = [record.secretHash, record.formerSecretHash].map((hash) =>
    Buffer.from(hash).toString('base64url'),
  );
  const told = JSON.stringify([
    events,
    record,
    kept,
    await auth.clients.list(),
    await auth.clients.get('billing'),
  ]);
  for (const { secret } of [created, renewed]) {
    for (const part of [secret, secret.slice(5), secret.slice(5, 25)]) assert.ok(!told.includes(part));
  }
  for (const each of [await auth.clients.get('billing'), ...(await auth.clients.list())]) {
    assert.ok(!JSON.stringify(each).includes('ash'), 'nor do clients come with hashes');
  }
});

test('each change of a client is an event, after it is durable', async (t) => {
  const { auth, events } = await createInstallation(t).open();
  const seen: unknown[] = [];
  auth.events.on('client_created', ({ clientId }) => seen.push(auth.clients.get(clientId)));
  const { client } = await auth.clients.create({ id: 'billing' });
  await auth.clients.rotate('billing');
  await auth.clients.delete('billing');
  assert.deepEqual(await Promise.all(seen), [client]);
  const told = events.filter(({ type }) => type.startsWith('client_')).map(({ atMs: _, ...event }) => event);
  assert.deepEqual(told, [
    { type: 'client_created', clientId: 'billing', roles: [] },
    { type: 'client_secret_changed', clientId: 'billing' },
    { type: 'client_deleted', clientId: 'billing' },
  ]);
});

test('`clients` is `true` or `false`', async (t) => {
  const installation = createInstallation(t);
  const error = await rejection(installation.open({ store: memory(), clients: 'yes' as unknown as boolean }));
  assert.equal(error.message, '`clients` has to be `true` or `false`.');
});

/** What another process on the same store makes of a client that proves itself. */
async function clientsOf({ clock, random, store, scheduler }: Installation) {
  const events = { record: () => {} };
  return createClients({
    clock,
    random,
    scheduler,
    store: await store(),
    events,
  } as unknown as EngineContext);
}
