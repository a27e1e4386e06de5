import { strict as assert } from 'node:assert';
import { after, test } from 'node:test';
import { startPostgres, startTcpProxy } from '../../../../tools/test-servers/index.ts';
import { WatchwordError } from '../../src/errors/watchword-error.ts';
import { epochMs } from '../../src/domain/time.ts';
import { postgres } from '../../src/stores/postgres/index.ts';
import { LIFETIMES, realContext, rotationOf, sessionRow } from './real-context.ts';

const server = await startPostgres({ after });
const proxy = await startTcpProxy(server, { after });
const store = await postgres(proxy.urlOf(server.url)).open(realContext());
after(() => store.close());

/** Lets the server do the next statement that holds `words`, and breaks all connections instead of passing its answer on. */
function loseAnswerTo(words: string): void {
  /** By which it was sent: answers to others, such as the looks, go on. */
  let sentBy: number | undefined;
  let isLost = false;
  proxy.alter('to-server', (chunk, connection) => {
    if (!isLost && chunk.includes(words)) sentBy ??= connection;
    return chunk;
  });
  proxy.alter('to-client', (chunk, connection) => {
    if (connection !== sentBy) return chunk;
    if (!isLost) setImmediate(() => proxy.reset());
    isLost = true;
    return [];
  });
}

function isUnavailable(error: unknown): boolean {
  return error instanceof WatchwordError && error.code === 'ERR_STORE_UNAVAILABLE';
}

const nowMs = epochMs(Date.now());

test('whose account was created before the answer was lost is told so, and the next is not', async () => {
  const account = { id: 'a-1', email: 'a@example.com', createdMs: nowMs };
  const address = { text: account.email, key: account.email };
  loseAnswerTo('INSERT INTO "watchword".accounts');
  assert.equal(await store.accounts.create({ account, passwordHash: 'hash' }, address), 'created');
  assert.equal(await store.accounts.create({ account, passwordHash: 'hash' }, address), 'email_taken');
  loseAnswerTo('UPDATE "watchword".accounts');
  assert.equal(await store.accounts.replaceHash('a-1', 'hash', 'next'), true);
  assert.equal(await store.accounts.replaceHash('a-1', 'hash', 'next'), false);
});

test('the same of a client', async () => {
  const client = { id: 'billing', name: 'Billing', roles: [], createdMs: nowMs, secretChangedMs: nowMs };
  const record = { client, secretHash: new Uint8Array(32).fill(1) };
  loseAnswerTo('INSERT INTO "watchword".clients');
  assert.equal(await store.clients.create(record), 'created');
  assert.equal(await store.clients.create(record), 'id_taken');
});

test('what reads is asked again; a step whose answer was lost is no conflict, but not known', async () => {
  const { session } = await store.sessions.start('alice', (startedMs) => sessionRow(startedMs));
  loseAnswerTo('ANY ($1::uuid[])');
  assert.equal((await store.sessions.find(session.id))?.record.session.id, session.id);
  loseAnswerTo('WITH ORDINALITY');
  await assert.rejects(store.sessions.advance(rotationOf(session.id, 1)), isUnavailable);
  assert.equal((await store.sessions.find(session.id))?.record.chain.generation, 2);
});

test('a revocation that is lost before its commit is done once, and one whose commit is lost is not done twice', async () => {
  const before = (await store.revocations.head()).sequence;
  loseAnswerTo('FOR UPDATE');
  const { head } = await store.revocations.revoke([{ kind: 'all' }], LIFETIMES);
  assert.equal(head.sequence, before + 1);
  // Not the isolation that a transaction begins with: this is a message of its own, which ends with a null byte.
  loseAnswerTo('COMMIT\0');
  await assert.rejects(store.revocations.revoke([{ kind: 'all' }], LIFETIMES), isUnavailable);
  assert.equal((await store.revocations.head()).sequence, before + 2);
});

test('a subject of any length is kept, found and cut off, and a user agent with any characters', async () => {
  const subject = 'ß'.repeat(100_000);
  const { session } = await store.sessions.start(subject, (startedMs) => sessionRow(startedMs, subject));
  const place = { addressPrefix: '{"a",\\}', userAgent: 'NULL "quoted\\" {,} \n é 🔑' };
  assert.equal(await store.sessions.advance({ ...rotationOf(session.id, 1), place }), 'advanced');
  const [live] = await store.sessions.listLive(subject, 10);
  assert.deepEqual(
    { ...place, subject },
    { addressPrefix: live?.addressPrefix, userAgent: live?.userAgent, subject: live?.subject },
  );
  const { endedSessions, head } = await store.revocations.revoke([{ kind: 'subject', subject }], LIFETIMES);
  assert.deepEqual(endedSessions, [{ sessionId: session.id, subject }]);
  const [record] = await store.revocations.readAfter(head.sequence - 1, 1);
  assert.deepEqual(record?.target.kind === 'subject' && record.target.subject, subject);
});
