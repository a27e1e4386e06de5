import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecretWrapping } from '../../src/crypto/sealed.ts';
import { createKeyMaker } from '../../src/engine/keys/make-keys.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { systemRandom } from '../../src/platform/system-random.ts';

test('the name of a key does not begin with a hyphen, or a command would take it for an option', async () => {
  let drawn = 0;
  const random = {
    ...systemRandom,
    bytes: (length: number) => {
      drawn += 1;
      // In base64url it begins with a hyphen.
      return drawn === 1 ? new Uint8Array(length).fill(0xf8) : systemRandom.bytes(length);
    },
  };
  const wrapping = createSecretWrapping(systemRandom.bytes(32), systemRandom);
  const { key } = await createKeyMaker(systemClock, random, wrapping).signingKey('ES256', 0);
  assert.match(key.id, /^[A-Za-z0-9_]/);
  assert.ok(drawn > 1);
});
