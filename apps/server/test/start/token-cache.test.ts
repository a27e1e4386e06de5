import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../../src/read-settings.ts';

const sizeFor = (size: string | undefined): number | undefined =>
  readSettings({ WATCHWORD_TOKEN_CACHE_SIZE: size }, {}).watchword.tokenCacheSize;

test('the environment says how many tokens are remembered', () => {
  assert.equal(sizeFor('0'), 0);
  assert.equal(sizeFor('1000000'), 1_000_000);
});

test('and otherwise the library decides', () => {
  assert.equal(sizeFor(undefined), undefined);
  assert.equal(sizeFor(''), undefined);
});

for (const wrong of ['-1', '1000001', '1e3', 'all', ' 5']) {
  test(`what is no number of tokens is refused: ${JSON.stringify(wrong)}`, () => {
    assert.throws(
      () => sizeFor(wrong),
      /WATCHWORD_TOKEN_CACHE_SIZE has to be a whole number from 0 to 1000000/,
    );
  });
}
