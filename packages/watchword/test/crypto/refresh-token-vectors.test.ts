import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deriveRefreshKey } from '../../src/crypto/chain-text.ts';
import { REFRESH_TOKEN } from '../../src/crypto/refresh-token.ts';
import type { SessionId } from '../../src/domain/ids.ts';
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
}

const { cases } = readVectors<{ cases: readonly Case[] }>('refresh-token.json');

for (const vector of cases) {
  describe(`the refresh token of the vector “${vector.name}”`, () => {
    const key = deriveRefreshKey(fromHex(vector.root), vector.keyVersion, vector.issuer);
    const share = fromHex(vector.share);

    test('has its key derived from the root and the issuer', () => {
      assert.equal(hexOf(key.bytes), vector.outerKey);
      assert.equal(key.version, vector.keyVersion);
    });

    test('is formatted byte by byte, the same each time', () => {
      const format = () => REFRESH_TOKEN.format(vector.sessionId as SessionId, vector.generation, key, share);
      assert.equal(format(), vector.text);
      assert.equal(format(), vector.text);
      assert.equal(vector.text.length, 82);
    });

    test('is parsed into its parts, with both tags right', () => {
      const token = REFRESH_TOKEN.parse(vector.text);
      assert.ok(token !== undefined);
      assert.equal(token.sessionId, vector.sessionId);
      assert.equal(token.generation, vector.generation);
      assert.equal(token.keyVersion, vector.keyVersion);
      assert.deepEqual([token.body, token.inner, token.outer].map(hexOf), [
        vector.body,
        vector.inner,
        vector.outer,
      ]);
      assert.equal(REFRESH_TOKEN.hasOuterTag(token, key), true);
      assert.equal(REFRESH_TOKEN.hasInnerTag(token, share), true);
    });
  });
}

test('two issuers with one root have different keys', () => {
  const [withSlash, without] = cases.filter(
    ({ name }) => name.includes('slash') || name === 'the same without',
  );
  assert.ok(withSlash !== undefined && without !== undefined);
  assert.equal(withSlash.root, without.root);
  assert.notEqual(withSlash.outerKey, without.outerKey);
});
