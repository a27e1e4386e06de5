import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { deriveRefreshKey, type ChainTextForm } from '../../src/crypto/chain-text.ts';
import { isOpaqueId, OPAQUE_ID } from '../../src/crypto/opaque-id.ts';
import { REFRESH_TOKEN } from '../../src/crypto/refresh-token.ts';
import { createSessionId, type SessionId } from '../../src/domain/ids.ts';
import { epochMs } from '../../src/domain/time.ts';
import { holds } from '../domain/support/property.ts';
import { fromHex, hexOf, readVectors } from '../domain/support/vectors.ts';

interface Case {
  readonly name: string;
  readonly issuer: string;
  readonly root: string;
  readonly keyVersion: number;
  readonly sessionId: string;
  readonly generation: number;
  readonly share: string;
  readonly outerKey: string;
  readonly body: string;
  readonly inner: string;
  readonly outer: string;
  readonly text: string;
  readonly refreshToken: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** With another prefix, and a checksum that is right again: what somebody can do who has one and no key. */
function withPrefix(prefix: string, text: string): string {
  const body = prefix + text.slice(4, 76);
  let digits = '';
  for (let rest = crc32(body); digits.length < 6; rest = Math.floor(rest / 62))
    digits = BASE62.charAt(rest % 62) + digits;
  return body + digits;
}

const { cases } = readVectors<{ cases: readonly Case[] }>('opaque-session.json');

for (const vector of cases) {
  describe(`the opaque session of the vector “${vector.name}”`, () => {
    const key = deriveRefreshKey(fromHex(vector.root), vector.keyVersion, vector.issuer);
    const share = fromHex(vector.share);

    test('is formatted byte by byte, and read again', () => {
      assert.equal(hexOf(key.bytes), vector.outerKey);
      const id = vector.sessionId as SessionId;
      assert.equal(OPAQUE_ID.format(id, vector.generation, key, share), vector.text);
      assert.equal(vector.text.length, 82);
      const presented = OPAQUE_ID.parse(vector.text);
      assert.ok(presented !== undefined);
      const { sessionId, generation, keyVersion, body, inner, outer } = presented;
      assert.deepEqual(
        [sessionId, generation, keyVersion],
        [vector.sessionId, vector.generation, vector.keyVersion],
      );
      assert.deepEqual([body, inner, outer].map(hexOf), [vector.body, vector.inner, vector.outer]);
      assert.equal(OPAQUE_ID.hasOuterTag(presented, key), true);
      assert.equal(OPAQUE_ID.hasInnerTag(presented, share), true);
    });

    test('is no refresh token, and the refresh token is no opaque session, whatever the prefix says', () => {
      const id = vector.sessionId as SessionId;
      assert.equal(REFRESH_TOKEN.format(id, vector.generation, key, share), vector.refreshToken);
      const swaps: readonly [ChainTextForm, string, string][] = [
        [REFRESH_TOKEN, vector.text, 'wwr_'],
        [OPAQUE_ID, vector.refreshToken, 'wws_'],
      ];
      for (const [form, text, prefix] of swaps) {
        assert.equal(form.parse(text), undefined);
        const swapped = form.parse(withPrefix(prefix, text));
        assert.ok(swapped !== undefined, 'the shape is the same');
        assert.equal(form.hasOuterTag(swapped, key), false);
        assert.equal(form.hasInnerTag(swapped, share), false);
      }
    });
  });
}

const share = new Uint8Array(32).fill(5);
const key = deriveRefreshKey(new Uint8Array(32).fill(9), 1, 'https://app.example');
const sessionId = createSessionId(epochMs(1_767_225_600_000), new Uint8Array(10).fill(3));
const text = OPAQUE_ID.format(sessionId, 7, key, share);

test('one character that was changed, left out or added is refused', () => {
  for (let at = 0; at < text.length; at += 1) {
    for (const other of ['A', 'z', '0', '-', '_', ' ', '\n', '=', '\u212a']) {
      if (other === text[at]) continue;
      assert.equal(OPAQUE_ID.parse(text.slice(0, at) + other + text.slice(at + 1)), undefined, `at ${at}`);
      assert.equal(OPAQUE_ID.parse(text.slice(0, at) + other + text.slice(at)), undefined, `at ${at}`);
    }
    assert.equal(OPAQUE_ID.parse(text.slice(0, at)), undefined);
  }
  for (const value of [undefined, null, 0, {}, [text], Object(text), Buffer.from(text), 'wws_']) {
    assert.equal(OPAQUE_ID.parse(value), undefined);
  }
});

test('any session, generation and version survives the round trip, and only under its own keys', () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const generation = fc.integer({ min: 1, max: 0xffff_ffff });
  const version = fc.integer({ min: 0, max: 255 });
  holds(
    fc.property(version, generation, bytes32, bytes32, (v, n, root, own) => {
      const outer = deriveRefreshKey(root, v, 'https://a.example');
      const parsed = OPAQUE_ID.parse(OPAQUE_ID.format(sessionId, n, outer, own));
      assert.ok(parsed !== undefined);
      assert.deepEqual([parsed.keyVersion, parsed.generation, parsed.sessionId], [v, n, sessionId]);
      assert.equal(OPAQUE_ID.hasOuterTag(parsed, outer), true);
      assert.equal(OPAQUE_ID.hasInnerTag(parsed, own), true);
      assert.equal(OPAQUE_ID.hasOuterTag(parsed, deriveRefreshKey(root, v, 'https://b.example')), false);
      assert.equal(OPAQUE_ID.hasInnerTag(parsed, new Uint8Array(32).fill(1)), false);
    }),
  );
});

test('it is known by its prefix, which no token has', () => {
  assert.deepEqual([text, 'wws_', 'wwr_x', 'eyJ', '', undefined].map(isOpaqueId), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
