import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createSecretWrapping, open, seal, type SealedPurpose } from '../../src/crypto/sealed.ts';
import type { Random } from '../../src/ports/random.ts';
import { createSeededRandom } from '../../src/testing/seeded-random.ts';
import { holdsAsync, seed } from '../domain/support/property.ts';
import { fromHex, hexOf, readVectors } from '../domain/support/vectors.ts';

interface Case {
  readonly name: string;
  readonly secret: string;
  readonly purpose: string;
  readonly id: string;
  readonly dataKey: string;
  readonly wrapNonce: string;
  readonly boxNonce: string;
  readonly keyId: string;
  readonly plain: string;
  readonly sealed: string;
}

/** Gives what it was told to give, in order. */
function scripted(...values: readonly string[]): Random {
  const rest = [...values];
  return {
    bytes(count) {
      const next = fromHex(rest.shift() ?? '');
      assert.equal(next.length, count);
      return next;
    },
    jitter: () => 0,
  };
}

for (const vector of readVectors<{ cases: readonly Case[] }>('sealed.json').cases) {
  describe(`the vector “${vector.name}”`, () => {
    const purpose = { purpose: vector.purpose, id: vector.id };

    test('is sealed byte by byte', async () => {
      const random = scripted(vector.dataKey, vector.wrapNonce, vector.boxNonce);
      const wrapping = createSecretWrapping(fromHex(vector.secret), random);
      assert.equal(wrapping.keyId, vector.keyId);
      assert.equal(hexOf(await seal(fromHex(vector.plain), purpose, wrapping, random)), vector.sealed);
    });

    test('is opened', async () => {
      const wrapping = createSecretWrapping(fromHex(vector.secret), scripted());
      const opened = await open(fromHex(vector.sealed), purpose, wrapping);
      assert.equal(opened.kind === 'opened' && hexOf(opened.secret), vector.plain);
    });
  });
}

const random = createSeededRandom(seed);
const wrapping = createSecretWrapping(new Uint8Array(32).fill(1), random);
const purpose: SealedPurpose = { purpose: 'signing-key', id: 'k1' };
const secret = new Uint8Array(32).fill(7);

describe('a sealed secret', () => {
  test('does not open if any one bit of it was changed', async () => {
    const sealed = await seal(secret, purpose, wrapping, random);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { kind } = await open(changed, purpose, wrapping);
      const isKeyId = bit >= 8 && bit < 72;
      assert.equal(kind, isKeyId ? 'other_key' : 'damaged', `bit ${bit}`);
    }
  });

  test('does not open if it was cut short or made longer anywhere', async () => {
    const sealed = await seal(secret, purpose, wrapping, random);
    for (let length = 0; length < sealed.length; length += 1) {
      assert.equal(
        (await open(sealed.slice(0, length), purpose, wrapping)).kind,
        'damaged',
        `${length} bytes`,
      );
    }
    assert.equal((await open(Uint8Array.of(...sealed, 0), purpose, wrapping)).kind, 'damaged');
  });

  const others: readonly SealedPurpose[] = [
    { purpose: 'signing-key', id: 'k2' },
    { purpose: 'refresh-root', id: 'k1' },
    { purpose: 'signing-keyk1', id: '' },
    { purpose: 'signing-key', id: 'k1\0' },
    { purpose: '', id: 'signing-key\0k1' },
  ];
  for (const other of others) {
    test(`does not open as ${JSON.stringify(other)}`, async () => {
      const sealed = await seal(secret, purpose, wrapping, random);
      assert.deepEqual(await open(sealed, other, wrapping), { kind: 'damaged' });
    });
  }

  test('names the key that it needs, if that is another', async () => {
    const other = createSecretWrapping(new Uint8Array(32).fill(2), random);
    const sealed = await seal(secret, purpose, wrapping, random);
    assert.deepEqual(await open(sealed, purpose, other), { kind: 'other_key', keyId: wrapping.keyId });
  });

  test('does not open with another key that calls itself by the same id', async () => {
    const { keyId, opens } = wrapping;
    const impostor = { ...createSecretWrapping(new Uint8Array(32).fill(2), random), keyId, opens };
    const sealed = await seal(secret, purpose, wrapping, random);
    assert.deepEqual(await open(sealed, purpose, impostor), { kind: 'damaged' });
  });

  test('does not open with the data key of another row', async () => {
    const [one, two] = [
      await seal(secret, purpose, wrapping, random),
      await seal(secret, purpose, wrapping, random),
    ];
    const wrappedEnd = 11 + 60;
    const mixed = Uint8Array.of(...one.slice(0, wrappedEnd), ...two.slice(wrappedEnd));
    assert.deepEqual(await open(mixed, purpose, wrapping), { kind: 'damaged' });
  });

  test('is different each time and shows nothing of the secret', async () => {
    const [one, two] = [
      await seal(secret, purpose, wrapping, random),
      await seal(secret, purpose, wrapping, random),
    ];
    assert.notEqual(hexOf(one).slice(22), hexOf(two).slice(22));
    assert.ok(!hexOf(one).includes(hexOf(secret).slice(0, 16)));
  });

  test('opens to what was sealed, whatever it is and wherever in a buffer it lies', async () => {
    const text = fc.string({ maxLength: 20 });
    await holdsAsync(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        text,
        text,
        fc.integer({ min: 0, max: 9 }),
        async (bytes, name, id, offset) => {
          const sealed = await seal(bytes, { purpose: name, id }, wrapping, random);
          const buffer = new Uint8Array(sealed.length + offset);
          buffer.set(sealed, offset);
          const opened = await open(buffer.subarray(offset), { purpose: name, id }, wrapping);
          assert.equal(opened.kind === 'opened' && hexOf(opened.secret), hexOf(bytes));
        },
      ),
    );
  });
});
