import { strict as assert } from 'node:assert';
import type { Client } from '../../domain/client.ts';
import { epochMs } from '../../domain/time.ts';
import type { ClientRecord, SecretChange } from '../../ports/store/client-store.ts';
import { bytesOf, HOUR_MS, spoil, type BenchCase, type Workbench } from './workbench.ts';

const ODD_IDS = ['', 'Billing', 'billing ', 'billin', '%', '_', '__proto__', 'constructor', '\0', '\ud800'];

function clientRecord(bench: Workbench, id: string, overrides: Partial<Client> = {}): ClientRecord {
  const nowMs = bench.clock.nowMs();
  return {
    client: { id, name: `${id} of tests`, roles: [], createdMs: nowMs, secretChangedMs: nowMs, ...overrides },
    secretHash: bench.random.bytes(32),
  };
}

function secretChange(bench: Workbench, keepFormerMs?: number): SecretChange {
  const changedMs = bench.clock.nowMs();
  const formerUntilMs = keepFormerMs === undefined ? undefined : epochMs(changedMs + keepFormerMs);
  return { secretHash: bench.random.bytes(32), changedMs, formerUntilMs };
}

/** A record as plain values, whatever kind of bytes a store gives. */
function plain(record: ClientRecord | undefined) {
  if (record === undefined) return undefined;
  const { client, secretHash, formerSecretHash } = record;
  return { client, secret: bytesOf(secretHash), former: formerSecretHash && bytesOf(formerSecretHash) };
}

const creationCases: readonly BenchCase[] = [
  {
    name: 'a client is found by its id as it was created, by every instance',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = clientRecord(bench, 'billing', { name: 'Bïlling 💶', roles: ['service', 'introspect'] });
      assert.equal(await store.clients.create(record), 'created');
      assert.deepEqual(plain(await other.clients.find('billing')), plain(record));
      assert.equal(await other.clients.isTaken('billing'), true);
      const withFormer: ClientRecord = {
        ...clientRecord(bench, 'older', { formerSecretUntilMs: epochMs(bench.clock.nowMs() + 5) }),
        formerSecretHash: bench.random.bytes(32),
      };
      await store.clients.create(withFormer);
      assert.deepEqual(plain(await other.clients.find('older')), plain(withFormer));
    },
  },
  {
    name: 'an id that nobody has gives nothing, whatever it looks like, and nothing is done to it',
    run: async (bench) => {
      const store = await bench.open();
      const record = clientRecord(bench, 'billing');
      await store.clients.create(record);
      for (const id of ODD_IDS) {
        assert.equal(await store.clients.find(id), undefined, id);
        assert.equal(await store.clients.isTaken(id), false, id);
        assert.equal(await store.clients.replaceSecret(id, secretChange(bench)), undefined, id);
        assert.equal(await store.clients.delete(id), false, id);
      }
      assert.deepEqual(plain(await store.clients.find('billing')), plain(record));
    },
  },
  {
    name: 'an id or a name that a store cannot keep exactly is refused, never mixed up with another',
    run: async (bench) => {
      const store = await bench.open();
      const taken = ['a', '\ufffd'].map((id) => clientRecord(bench, id));
      for (const record of taken) await store.clients.create(record);
      for (const odd of ['a\0b', '\ud800']) {
        for (const record of [
          clientRecord(bench, odd),
          clientRecord(bench, `named-${odd.length}`, { name: odd }),
        ]) {
          const outcome = await store.clients.create(record).catch(() => 'refused');
          if (outcome === 'refused') continue;
          assert.equal(outcome, 'created');
          assert.deepEqual(plain(await store.clients.find(record.client.id)), plain(record));
        }
      }
      for (const record of taken)
        assert.deepEqual(plain(await store.clients.find(record.client.id)), plain(record));
    },
  },
  {
    name: 'an id is given once: a second client is told id_taken, and the first stays as it is',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const first = clientRecord(bench, 'billing');
      await store.clients.create(first);
      assert.equal(await other.clients.create(clientRecord(bench, 'billing')), 'id_taken');
      assert.deepEqual(plain(await store.clients.find('billing')), plain(first));
      assert.equal(await other.clients.create(clientRecord(bench, 'Billing')), 'created');
    },
  },
  {
    name: 'of concurrent creations with one id, by several instances, exactly one is told created',
    run: async (bench) => {
      const stores = await bench.openMany(4);
      for (let round = 0; round < 10; round += 1) {
        const records = Array.from({ length: 12 }, () => clientRecord(bench, `client-${round}`));
        const outcomes = await Promise.all(
          records.map(async (record, index) => stores[index % stores.length]?.clients.create(record)),
        );
        assert.equal(outcomes.filter((outcome) => outcome === 'created').length, 1);
        assert.equal(outcomes.filter((outcome) => outcome === 'id_taken').length, 11);
        const winner = records[outcomes.indexOf('created')];
        assert.deepEqual(plain(await stores[0]?.clients.find(`client-${round}`)), plain(winner));
      }
    },
  },
  {
    name: 'list gives the clients that there are, by id, without their secrets',
    run: async (bench) => {
      const store = await bench.open();
      assert.deepEqual(await store.clients.list(), []);
      const ids = ['b', 'a', 'Z', 'a.1', 'a-1', '_', '10', '9'];
      const records = ids.map((id) => clientRecord(bench, id, { roles: ['verifier'] }));
      for (const record of records) await store.clients.create(record);
      await store.clients.delete('b');
      const left = records.map(({ client }) => client).filter(({ id }) => id !== 'b');
      const sorted = left.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      assert.deepEqual(await store.clients.list(), sorted);
    },
  },
  {
    name: 'clients that go in and come out are copies',
    run: async (bench) => {
      const store = await bench.open();
      const record = clientRecord(bench, 'billing', { roles: ['service'] });
      const original = structuredClone(record);
      await store.clients.create(record);
      spoil(record);
      spoil(await store.clients.find('billing'));
      spoil(await store.clients.list());
      assert.deepEqual(plain(await store.clients.find('billing')), plain(original));
      const change = secretChange(bench, HOUR_MS);
      const secret = bytesOf(change.secretHash);
      spoil(await store.clients.replaceSecret('billing', change));
      spoil(change);
      const found = plain(await store.clients.find('billing'));
      assert.deepEqual(found?.secret, secret);
      assert.deepEqual(found?.former, bytesOf(original.secretHash));
      assert.equal(found?.client.secretChangedMs, bench.clock.nowMs());
    },
  },
];

const secretCases: readonly BenchCase[] = [
  {
    name: 'replaceSecret keeps what was the secret as the former one until the time given, and all else',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = clientRecord(bench, 'billing', { roles: ['service'] });
      await store.clients.create(record);
      bench.clock.advance(10);
      const change = secretChange(bench, HOUR_MS);
      const expected: Client = {
        ...record.client,
        secretChangedMs: change.changedMs,
        formerSecretUntilMs: epochMs(bench.clock.nowMs() + HOUR_MS),
      };
      assert.deepEqual(await store.clients.replaceSecret('billing', change), expected);
      assert.deepEqual(plain(await other.clients.find('billing')), {
        client: expected,
        secret: bytesOf(change.secretHash),
        former: bytesOf(record.secretHash),
      });
      const next = secretChange(bench, 1);
      await other.clients.replaceSecret('billing', next);
      assert.deepEqual(plain(await store.clients.find('billing'))?.former, bytesOf(change.secretHash));
    },
  },
  {
    name: 'replaceSecret without a time leaves no former secret, were there one before',
    run: async (bench) => {
      const store = await bench.open();
      const record = clientRecord(bench, 'billing');
      await store.clients.create(record);
      await store.clients.replaceSecret('billing', secretChange(bench, HOUR_MS));
      const change = secretChange(bench);
      const changed = await store.clients.replaceSecret('billing', change);
      assert.deepEqual(changed, { ...record.client, secretChangedMs: change.changedMs });
      assert.deepEqual(await store.clients.list(), [changed]);
      const found = await store.clients.find('billing');
      assert.ok(found !== undefined && !('formerSecretHash' in found), 'the former secret is gone');
      assert.deepEqual(bytesOf(found.secretHash), bytesOf(change.secretHash));
    },
  },
  {
    name: 'concurrent replacements form a chain: the last one’s former secret is another one’s new one',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      const record = clientRecord(bench, 'billing');
      await stores[0]?.clients.create(record);
      const changes = Array.from({ length: 9 }, () => secretChange(bench, HOUR_MS));
      const changed = await Promise.all(
        changes.map(async (change, index) =>
          stores[index % stores.length]?.clients.replaceSecret('billing', change),
        ),
      );
      assert.ok(changed.every((client) => client?.id === 'billing'));
      const found = plain(await stores[1]?.clients.find('billing'));
      const hashes = changes.map(({ secretHash }) => bytesOf(secretHash).join());
      const [last, former] = [hashes.indexOf(String(found?.secret)), hashes.indexOf(String(found?.former))];
      assert.ok(last >= 0 && former >= 0 && last !== former, 'both are among the new ones');
    },
  },
];

const deletionCases: readonly BenchCase[] = [
  {
    name: 'a deleted client is gone with its secrets, and its id stays taken for everybody, for ever',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      await store.clients.create(clientRecord(bench, 'billing'));
      await store.clients.replaceSecret('billing', secretChange(bench, HOUR_MS));
      assert.equal(await other.clients.delete('billing'), true);
      for (const each of [store, other, await bench.open()]) {
        assert.equal(await each.clients.find('billing'), undefined);
        assert.equal(await each.clients.isTaken('billing'), true);
        assert.deepEqual(await each.clients.list(), []);
        assert.equal(await each.clients.replaceSecret('billing', secretChange(bench, HOUR_MS)), undefined);
        assert.equal(await each.clients.create(clientRecord(bench, 'billing')), 'id_taken');
        assert.equal(await each.clients.delete('billing'), false);
      }
      assert.equal(await (await bench.openElsewhere()).clients.isTaken('billing'), false);
    },
  },
  {
    name: 'of concurrent deletions exactly one is told that it did it, and no new secret revives the client',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      for (let round = 0; round < 10; round += 1) {
        const id = `client-${round}`;
        await stores[0]?.clients.create(clientRecord(bench, id));
        const works = Array.from({ length: 9 }, async (_, index) => {
          const store = stores[bench.random.below(stores.length)];
          if (index % 3 > 0) return store?.clients.delete(id);
          await store?.clients.replaceSecret(id, secretChange(bench, HOUR_MS));
          return 'replaced';
        });
        const outcomes = await Promise.all(works);
        assert.equal(outcomes.filter((outcome) => outcome === true).length, 1);
        assert.equal(await stores[0]?.clients.find(id), undefined);
        assert.equal(await stores[1]?.clients.isTaken(id), true);
      }
    },
  },
];

export const clientCases: readonly BenchCase[] = [...creationCases, ...secretCases, ...deletionCases];
