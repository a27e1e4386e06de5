import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import type { KeyId } from '../../src/domain/ids.ts';
import {
  announceKey,
  compromiseKey,
  currentSigningKey,
  signingKeyState,
  supersedeKey,
  verifiesTokens,
  type SigningKey,
} from '../../src/domain/signing-key.ts';
import { epochMs } from '../../src/domain/time.ts';
import { holds } from './support/property.ts';

const T0 = 1_767_225_600_000;
const LEAD = 250;
const LONGEST = 930_000;
const key = (id: string, announcedMs: number = T0, leadMs: number = LEAD): SigningKey =>
  announceKey({ id: id as KeyId, algorithm: 'ES256' }, epochMs(announcedMs), leadMs);
const stateAt = (signingKey: SigningKey, atMs: number) => signingKeyState(signingKey, epochMs(atMs));

describe('a key without a successor', () => {
  const alone = key('a');

  test('is announced until the time comes, and signs from then on', () => {
    assert.equal(stateAt(alone, T0), 'announced');
    assert.equal(stateAt(alone, T0 + LEAD - 1), 'announced');
    assert.equal(stateAt(alone, T0 + LEAD), 'signing');
    assert.equal(stateAt(alone, T0 + 10 ** 12), 'signing');
  });

  test('that was announced without a lead signs at once', () => {
    assert.equal(stateAt(key('a', T0, 0), T0), 'signing');
  });
});

describe('a key with a successor', () => {
  const second = key('b', T0 + 1_000_000);
  const first = supersedeKey(key('a'), second, LONGEST);
  const retiresMs = second.signsFromMs;

  test('signs until its successor does, without a gap and without an overlap', () => {
    assert.equal(stateAt(first, retiresMs - 1), 'signing');
    assert.equal(stateAt(second, retiresMs - 1), 'announced');
    assert.equal(stateAt(first, retiresMs), 'retiring');
    assert.equal(stateAt(second, retiresMs), 'signing');
  });

  test('verifies until the last token it signed has expired, and is retired then', () => {
    assert.equal(stateAt(first, retiresMs + LONGEST - 1), 'retiring');
    assert.equal(stateAt(first, retiresMs + LONGEST), 'retired');
    assert.deepEqual(first.succession, { retiresMs, verifiesUntilMs: retiresMs + LONGEST });
  });

  test('keeps its first successor', () => {
    assert.equal(supersedeKey(first, key('c', T0 + 2_000_000), LONGEST), first);
  });

  test('that had not begun to sign never does', () => {
    const skipped = supersedeKey(key('a', T0, 5000), key('b', T0, 100), LONGEST);
    assert.equal(stateAt(skipped, T0 + 99), 'announced');
    assert.equal(stateAt(skipped, T0 + 100), 'retiring');
    assert.equal(stateAt(skipped, T0 + 5000), 'retiring');
  });
});

describe('a compromised key', () => {
  const second = key('b', T0 + 1_000_000);
  const lives: Readonly<Record<string, SigningKey>> = {
    announced: key('a', T0 + 10 ** 9),
    signing: key('a'),
    retiring: supersedeKey(key('a'), second, LONGEST),
    retired: supersedeKey(key('a', T0 - 10 ** 9), key('b', T0 - 10 ** 8), LONGEST),
  };
  for (const [name, living] of Object.entries(lives)) {
    test(`is dead from whatever it was, at every time, also earlier ones: ${name}`, () => {
      const dead = compromiseKey(living, epochMs(T0 + 2_000_000));
      for (const atMs of [0, T0, T0 + 2_000_000, T0 + 10 ** 12])
        assert.equal(stateAt(dead, atMs), 'compromised');
    });
  }

  test('stays as it is: neither compromised again nor succeeded', () => {
    const dead = compromiseKey(key('a'), epochMs(T0 + 1));
    assert.equal(compromiseKey(dead, epochMs(T0 + 2)), dead);
    assert.equal(supersedeKey(dead, second, LONGEST), dead);
  });
});

test('announced, signing and retiring keys verify; retired and compromised ones do not', () => {
  const states = ['announced', 'signing', 'retiring', 'retired', 'compromised'] as const;
  assert.deepEqual(states.filter(verifiesTokens), ['announced', 'signing', 'retiring']);
});

describe('the key that signs', () => {
  test('is the one that started last', () => {
    const keys = [key('a'), key('c', T0 + 200), key('b', T0 + 100)];
    assert.equal(currentSigningKey(keys, epochMs(T0 + 1000))?.id, 'c');
    assert.equal(currentSigningKey(keys, epochMs(T0 + LEAD + 100))?.id, 'b');
  });

  test('is the same in every process, in whatever order it holds the keys', () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0, 1, 2)), {
      minLength: 1,
      maxLength: 6,
    });
    holds(
      fc.property(some, fc.integer({ min: 0, max: 8 }), fc.infiniteStream(fc.nat()), (rows, atMs, noise) => {
        const keys = rows.map(([announced, lead], index) => key(`k${index}`, announced, lead));
        const shuffled = keys
          .map((each) => ({ each, rank: noise.next().value as number }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ each }) => each);
        assert.equal(
          currentSigningKey(keys, epochMs(atMs))?.id,
          currentSigningKey(shuffled, epochMs(atMs))?.id,
        );
      }),
    );
  });

  test('is never retiring, retired or compromised', () => {
    const retired = supersedeKey(key('a'), key('x', T0), 1000);
    const retiring = supersedeKey(key('b'), key('x', T0), LONGEST);
    const dead = compromiseKey(key('c'), epochMs(T0));
    assert.equal(currentSigningKey([retired, retiring, dead], epochMs(T0 + 5000)), undefined);
  });

  test('is not one that was only announced, while another may sign', () => {
    const keys = [key('b', T0 + 10 ** 9), key('a')];
    assert.equal(currentSigningKey(keys, epochMs(T0 + 5000))?.id, 'a');
  });

  test('is there at every moment of a life of rotations', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 });
    holds(
      fc.property(delays, fc.integer({ min: 0, max: 10_000 }), (rotations, laterMs) => {
        let keys = [key('k0', T0, 0)];
        let nowMs = T0;
        for (const [index, delayMs] of rotations.entries()) {
          nowMs += delayMs;
          const next = key(`k${index + 1}`, nowMs);
          keys = [...keys.map((each) => supersedeKey(each, next, LONGEST)), next];
          assert.ok(currentSigningKey(keys, epochMs(nowMs)) !== undefined, `at rotation ${index}`);
        }
        assert.ok(currentSigningKey(keys, epochMs(nowMs + laterMs)) !== undefined);
      }),
    );
  });

  test('is there after the clock was set back to before the first key began', () => {
    const first = key('a', T0, 0);
    const found = currentSigningKey([first], epochMs(T0 - 1));
    assert.equal(
      found?.id,
      'a',
      'an installation whose clock was corrected at its first start must go on signing',
    );
  });
});
