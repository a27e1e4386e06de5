import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { bundleClient } from './support/bundle.ts';

test('the client is less than 3 kB, compressed, and needs nobody else', async () => {
  const size = gzipSync(await bundleClient()).length;
  assert.ok(size > 1000 && size < 3000, `${size} bytes`);
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  assert.equal(manifest.dependencies, undefined);
  assert.deepEqual(Object.keys(manifest.peerDependencies), ['react']);
  assert.ok(manifest.peerDependenciesMeta.react.optional);
});
