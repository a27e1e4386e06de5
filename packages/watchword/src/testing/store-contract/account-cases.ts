import { strict as assert } from 'node:assert';
import { spoil, type BenchCase } from './workbench.ts';

export const accountCases: readonly BenchCase[] = [
  {
    name: 'an account is found by the key of its address and by its id, as it was created',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = bench.account('Alice.Ünï@Example.com');
      const address = { text: 'Alice.Ünï@Example.com', key: 'alice.ünï@example.com' };
      assert.equal(await store.accounts.create(record, address), 'created');
      assert.deepEqual(await other.accounts.findByEmail('alice.ünï@example.com'), record);
      assert.deepEqual(await other.accounts.find(record.account.id), record);
    },
  },
  {
    name: 'an unknown address and an unknown id give nothing, whatever they look like',
    run: async (bench) => {
      const store = await bench.open();
      await store.accounts.create(bench.account('a@example.com'), {
        text: 'a@example.com',
        key: 'a@example.com',
      });
      for (const text of [
        '',
        'A@example.com',
        'a@example.com ',
        'a@example',
        '%',
        '__proto__',
        '\0',
        '\ud800',
      ]) {
        assert.equal(await store.accounts.findByEmail(text), undefined);
        assert.equal(await store.accounts.find(text), undefined);
      }
    },
  },
  {
    name: 'an address that a store cannot keep exactly is refused, never mixed up with another',
    run: async (bench) => {
      const store = await bench.open();
      const taken = ['a', '\ufffd'];
      for (const key of taken) await store.accounts.create(bench.account(key), { text: key, key });
      for (const odd of ['a\0b', '\ud800']) {
        const record = bench.account(odd);
        const outcome = await store.accounts.create(record, { text: odd, key: odd }).catch(() => 'refused');
        if (outcome === 'refused') continue;
        assert.equal(outcome, 'created');
        assert.deepEqual(await store.accounts.findByEmail(odd), record);
      }
      for (const key of taken) assert.equal((await store.accounts.findByEmail(key))?.account.email, key);
    },
  },
  {
    name: 'a second account with the key of another is told email_taken, and the first stays',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const key = 'alice@example.com';
      const first = bench.account('alice@example.com');
      const second = bench.account('ALICE@example.com');
      assert.equal(await store.accounts.create(first, { text: 'alice@example.com', key }), 'created');
      assert.equal(await other.accounts.create(second, { text: 'ALICE@example.com', key }), 'email_taken');
      assert.deepEqual(await store.accounts.findByEmail(key), first);
      assert.equal(await store.accounts.find(second.account.id), undefined);
      const same = bench.account('alice@example.com');
      assert.equal(
        await store.accounts.create(same, { text: 'alice@example.com', key: 'another' }),
        'created',
      );
    },
  },
  {
    name: 'a second account with the id of another is refused, and nothing of it stays',
    run: async (bench) => {
      const store = await bench.open();
      const first = bench.account('a@example.com');
      await store.accounts.create(first, { text: 'a@example.com', key: 'a@example.com' });
      const second = {
        ...bench.account('b@example.com'),
        account: { ...first.account, email: 'b@example.com' },
      };
      await assert.rejects(store.accounts.create(second, { text: 'b@example.com', key: 'b@example.com' }));
      assert.equal(await store.accounts.findByEmail('b@example.com'), undefined);
      assert.deepEqual(await store.accounts.find(first.account.id), first);
    },
  },
  {
    name: 'accounts that go in and come out are copies',
    run: async (bench) => {
      const store = await bench.open();
      const record = bench.account('a@example.com');
      const original = structuredClone(record);
      await store.accounts.create(record, { text: 'a@example.com', key: 'a@example.com' });
      spoil(record);
      spoil(await store.accounts.find(original.account.id));
      spoil(await store.accounts.findByEmail('a@example.com'));
      assert.deepEqual(await store.accounts.find(original.account.id), original);
      assert.deepEqual(await store.accounts.findByEmail('a@example.com'), original);
    },
  },
  {
    name: 'replaceHash sets the hash of that account if it is still the one expected, and nothing else',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const [record, bob] = [bench.account('a@example.com'), bench.account('b@example.com')];
      for (const each of [record, bob]) {
        const { email } = each.account;
        await store.accounts.create(each, { text: email, key: email });
      }
      const { id } = record.account;
      assert.equal(await other.accounts.replaceHash(id, 'another', 'next'), false);
      assert.equal(await other.accounts.replaceHash(bob.account.id, record.passwordHash, 'next'), false);
      assert.equal(await other.accounts.replaceHash('unknown', record.passwordHash, 'next'), false);
      assert.deepEqual(await store.accounts.find(id), record);
      assert.equal(await other.accounts.replaceHash(id, record.passwordHash, 'next'), true);
      assert.deepEqual(await store.accounts.find(id), { ...record, passwordHash: 'next' });
      assert.deepEqual(await store.accounts.findByEmail('b@example.com'), bob);
      assert.equal(await store.accounts.replaceHash(id, record.passwordHash, 'again'), false);
    },
  },
  {
    name: 'of concurrent replacements of one hash, by several instances, exactly one is told that it did it',
    run: async (bench) => {
      const stores = await bench.openMany(3);
      const record = bench.account('a@example.com');
      await stores[0]?.accounts.create(record, { text: 'a@example.com', key: 'a@example.com' });
      const { id } = record.account;
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, async (_, index) =>
          stores[index % stores.length]?.accounts.replaceHash(id, record.passwordHash, `next ${index}`),
        ),
      );
      assert.equal(outcomes.filter((outcome) => outcome === true).length, 1);
      const winner = `next ${outcomes.indexOf(true)}`;
      assert.equal((await stores[1]?.accounts.find(id))?.passwordHash, winner);
    },
  },
];
