import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createTokenId, isTokenIdOf, tokenIssuedMs, type TokenIdBinding } from '../../src/crypto/token-id.ts';
import { createSessionId, parseTokenId, type SessionId, type TokenId } from '../../src/domain/ids.ts';
import { epochMs } from '../../src/domain/time.ts';
import { holds } from '../domain/support/property.ts';
import { fromHex, hexOf, readVectors } from '../domain/support/vectors.ts';

interface Case {
  readonly name: string;
  readonly issuedMs: number;
  readonly sessionId?: string;
  readonly generation: number;
  readonly random: string;
  readonly key: string;
  readonly mac: string;
  readonly tokenId: string;
}

function bindingOf({ sessionId, generation }: Case): TokenIdBinding {
  return sessionId === undefined ? { generation } : { sessionId: sessionId as SessionId, generation };
}

for (const vector of readVectors<{ cases: readonly Case[] }>('token-id.json').cases) {
  test(`the jti ${vector.name} is 6 bytes of time, 4 random ones and 6 of the MAC`, () => {
    const binding = bindingOf(vector);
    const id = createTokenId(epochMs(vector.issuedMs), fromHex(vector.random), binding, fromHex(vector.key));
    assert.equal(id, vector.tokenId);
    const time = vector.issuedMs.toString(16).padStart(12, '0');
    assert.equal(Buffer.from(id, 'base64url').toString('hex'), time + vector.random + vector.mac);
    assert.equal(tokenIssuedMs(id), vector.issuedMs);
    assert.equal(isTokenIdOf(id, binding, fromHex(vector.key)), true);
    assert.equal(parseTokenId(id), id);
  });
}

describe('the MAC of a jti', () => {
  const key = new Uint8Array(32).fill(1);
  const sessionId = createSessionId(epochMs(1e12), new Uint8Array(10).fill(2));
  const binding = { sessionId, generation: 3 };
  const id = createTokenId(epochMs(1_767_225_600_000), Uint8Array.of(1, 2, 3, 4), binding, key);

  test('covers time and random bits, and is itself exact: no other bit pattern is one', () => {
    for (let bit = 0; bit < 128; bit += 1) {
      const bytes = Buffer.from(id, 'base64url');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(isTokenIdOf(bytes.toString('base64url') as TokenId, binding, key), false, `bit ${bit}`);
    }
  });

  test('binds the session', () => {
    const other = createSessionId(epochMs(1e12), new Uint8Array(10).fill(3));
    assert.equal(isTokenIdOf(id, { ...binding, sessionId: other }, key), false);
    assert.equal(isTokenIdOf(id, { generation: 3 }, key), false);
  });

  test('binds the generation', () => {
    for (const generation of [0, 2, 4, 0xffff_ffff])
      assert.equal(isTokenIdOf(id, { sessionId, generation }, key), false);
  });

  test('needs the issuer’s key', () => assert.equal(isTokenIdOf(id, binding, new Uint8Array(32)), false));

  test('is not in a text of another length or spelling', () => {
    for (const text of ['', id.slice(1), `${id}A`, `${id}=`, `${id.slice(0, -1)}B`, id.replace(/^./, '+')]) {
      assert.equal(isTokenIdOf(text as TokenId, binding, key), false, text);
    }
  });

  test('fits what it was made for, and the time comes back', () => {
    const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
    const timeMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    holds(
      fc.property(
        timeMs,
        bytes(4),
        bytes(32),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (time, unique, own, generation) => {
          const made = createTokenId(epochMs(time), unique, { sessionId, generation }, own);
          assert.equal(tokenIssuedMs(made), time);
          assert.equal(isTokenIdOf(made, { sessionId, generation }, own), true);
          assert.equal(hexOf(Buffer.from(made, 'base64url').subarray(6, 10)), hexOf(unique));
        },
      ),
    );
  });
});
