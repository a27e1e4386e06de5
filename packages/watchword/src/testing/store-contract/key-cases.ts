import { strict as assert } from 'node:assert';
import type { SigningKey } from '../../domain/signing-key.ts';
import { epochMs } from '../../domain/time.ts';
import type { KeyRing, KeyRingChange } from '../../ports/store/key-store.ts';
import { assertChained, bytesOf, found, HOUR_MS, LIFETIMES, spoil, type BenchCase } from './workbench.ts';

const NO_CHANGE: KeyRingChange = { expectedRevision: 0, signingKeys: [], roots: [] };

/** A ring in an order of its own: the port promises none. */
function sorted({ revision, signingKeys, roots }: KeyRing): KeyRing {
  return {
    revision,
    signingKeys: signingKeys.toSorted((a, b) => (a.key.id < b.key.id ? -1 : 1)),
    roots: roots.toSorted((a, b) => (a.purpose < b.purpose ? -1 : 1) || a.version - b.version),
  };
}

export const keyCases: readonly BenchCase[] = [
  {
    name: 'a new ring is empty at revision 0',
    run: async (bench) => {
      const store = await bench.open();
      assert.deepEqual(await store.keys.read(), { revision: 0, signingKeys: [], roots: [] });
    },
  },
  {
    name: 'a change of the ring is there for all instances, and counts one revision',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const signingKeys = [bench.signingKey(), bench.signingKey(bench.clock.nowMs() - HOUR_MS)];
      const roots = [bench.root('refresh', 1), bench.root('token_id', 1)];
      const outcome = await store.keys.change({ expectedRevision: 0, signingKeys, roots });
      assert.deepEqual(outcome, { kind: 'committed', revision: 1 });
      assert.deepEqual(sorted(await other.keys.read()), sorted({ revision: 1, signingKeys, roots }));
      const more = [bench.root('refresh', 255)];
      const second = await other.keys.change({ expectedRevision: 1, signingKeys: [], roots: more });
      assert.deepEqual(second, { kind: 'committed', revision: 2 });
      assert.deepEqual(
        sorted(await store.keys.read()),
        sorted({ revision: 2, signingKeys, roots: [...roots, ...more] }),
      );
      const [root] = (await store.keys.read()).roots.filter(({ version }) => version === 255);
      assert.deepEqual(
        bytesOf(root?.sealed ?? new Uint8Array()),
        bytesOf(more[0]?.sealed ?? new Uint8Array()),
      );
    },
  },
  {
    name: 'a change of another revision is a conflict and changes nothing, neither keys nor log nor sessions',
    run: async (bench) => {
      const store = await bench.open();
      const record = await bench.start(store, 'alice');
      await store.keys.change({ ...NO_CHANGE, signingKeys: [bench.signingKey()] });
      const ring = await store.keys.read();
      const head = await store.revocations.head();
      for (const expectedRevision of [0, 2, -1]) {
        const outcome = await store.keys.change({
          expectedRevision,
          signingKeys: [bench.signingKey()],
          roots: [bench.root('refresh', 1)],
          revoke: { requests: [{ kind: 'all' }], lifetimes: LIFETIMES },
        });
        assert.deepEqual(outcome, { kind: 'conflict' });
      }
      assert.deepEqual(await store.keys.read(), ring);
      assert.deepEqual(await store.revocations.head(), head);
      assert.deepEqual(await found(store, record), record);
    },
  },
  {
    name: 'a change replaces signing keys by id and roots by purpose and version, and leaves the others',
    run: async (bench) => {
      const store = await bench.open();
      const kept = bench.signingKey();
      const before = bench.signingKey();
      const otherRoots = [bench.root('token_id', 1), bench.root('refresh', 2)];
      const changed: SigningKey = {
        ...before.key,
        algorithm: 'RS256',
        signsFromMs: epochMs(1),
        succession: { retiresMs: epochMs(2), verifiesUntilMs: epochMs(3) },
        compromisedMs: epochMs(4),
      };
      await store.keys.change({
        ...NO_CHANGE,
        signingKeys: [kept, before],
        roots: [bench.root('refresh', 1), ...otherRoots],
      });
      const signingKeys = [{ key: changed, sealed: bench.random.bytes(33) }];
      const root = bench.root('refresh', 1);
      await store.keys.change({ expectedRevision: 1, signingKeys, roots: [root] });
      const expected = { revision: 2, signingKeys: [kept, ...signingKeys], roots: [root, ...otherRoots] };
      assert.deepEqual(sorted(await store.keys.read()), sorted(expected));
      await store.keys.change({ expectedRevision: 2, signingKeys: [before], roots: [] });
      const restored = { ...expected, revision: 3, signingKeys: [kept, before] };
      assert.deepEqual(sorted(await store.keys.read()), sorted(restored), 'what a key no longer has is gone');
    },
  },
  {
    name: 'a change revokes in the same step',
    run: async (bench) => {
      const [store, other] = await bench.openMany(2);
      assert.ok(store && other);
      const record = await bench.start(store, 'alice');
      const stored = bench.signingKey();
      const head = await store.revocations.head();
      const outcome = await store.keys.change({
        expectedRevision: 0,
        signingKeys: [stored],
        roots: [],
        revoke: { requests: [{ kind: 'key', keyId: stored.key.id }, { kind: 'all' }], lifetimes: LIFETIMES },
      });
      assert.ok(outcome.kind === 'committed');
      assert.equal(outcome.revision, 1);
      const { revocation } = outcome;
      assert.ok(revocation !== undefined);
      assert.deepEqual(
        revocation.records.map(({ target }) => target.kind),
        ['key', 'all'],
      );
      assert.deepEqual(revocation.endedSessions, []);
      assert.equal((await found(other, record)).session.ended?.reason, 'revoked');
      assertChained(revocation.records, head);
      assert.deepEqual(await other.revocations.head(), revocation.head);
      assert.deepEqual(await other.revocations.readAfter(0, 10), revocation.records);
      assert.equal((await found(other, record)).session.ended?.reason, 'revoked');
    },
  },
  {
    name: 'key rings that go in and come out are copies',
    run: async (bench) => {
      const store = await bench.open();
      const change = { ...NO_CHANGE, signingKeys: [bench.signingKey()], roots: [bench.root('refresh', 1)] };
      const original = structuredClone({ revision: 1, signingKeys: change.signingKeys, roots: change.roots });
      await store.keys.change(change);
      spoil(change);
      assert.deepEqual(await store.keys.read(), original);
      spoil(await store.keys.read());
      assert.deepEqual(await store.keys.read(), original);
    },
  },
];
