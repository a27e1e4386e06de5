import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { createAsymmetricKey } from '../../src/crypto/jws/asymmetric-key.ts';
import { createHmacKey } from '../../src/crypto/jws/hmac-key.ts';
import { createJwsKey, generateKeyMaterial } from '../../src/crypto/jws/key-material.ts';
import type { KeyId } from '../../src/domain/ids.ts';
import { SIGNING_ALGORITHMS } from '../../src/domain/signing-key.ts';
import { systemRandom } from '../../src/platform/system-random.ts';

const id = 'k' as KeyId;
const isRefusal = { code: 'ERR_KEY_REFUSED' };
const pkcs8 = (key: KeyObject): Uint8Array => key.export({ format: 'der', type: 'pkcs8' });

describe('a key that is too weak or of another type is refused', () => {
  const rsa = (modulusLength: number, publicExponent = 65_537): Uint8Array =>
    pkcs8(generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey);
  const ec = (namedCurve: string): Uint8Array => pkcs8(generateKeyPairSync('ec', { namedCurve }).privateKey);
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;

  const refused: readonly (readonly [string, 'RS256' | 'ES256', () => Uint8Array])[] = [
    ['RSA of 1024 bits', 'RS256', () => rsa(1024)],
    ['RSA of 2040 bits', 'RS256', () => rsa(2040)],
    ['RSA with the exponent 3', 'RS256', () => rsa(2048, 3)],
    ['RSA for PSS only', 'RS256', () => pkcs8(pss)],
    ['a curve for RS256', 'RS256', () => ec('P-256')],
    ['P-384 for ES256', 'ES256', () => ec('P-384')],
    ['P-521 for ES256', 'ES256', () => ec('P-521')],
    ['secp256k1 for ES256', 'ES256', () => ec('secp256k1')],
    ['RSA for ES256', 'ES256', () => rsa(2048)],
    ['Ed25519 for ES256', 'ES256', () => pkcs8(generateKeyPairSync('ed25519').privateKey)],
    ['X25519 for ES256', 'ES256', () => pkcs8(generateKeyPairSync('x25519').privateKey)],
    ['no key at all', 'ES256', () => new Uint8Array(32)],
    ['PEM', 'ES256', () => Buffer.from('-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----')],
  ];
  for (const [name, algorithm, make] of refused) {
    test(name, () => assert.throws(() => createAsymmetricKey(id, algorithm, make())));
  }

  for (const length of [0, 1, 16, 31]) {
    test(`an HMAC secret of ${length} bytes`, () => {
      assert.throws(() => createHmacKey(id, 'HS256', new Uint8Array(length)), isRefusal);
      assert.throws(() => createJwsKey(id, 'HS256', new Uint8Array(length)), isRefusal);
    });
  }

  test('but not RSA of 2048 and 3072 bits, P-256, and a secret of 32 bytes', () => {
    for (const bits of [2048, 3072])
      assert.equal(createAsymmetricKey(id, 'RS256', rsa(bits)).algorithm, 'RS256');
    assert.equal(createAsymmetricKey(id, 'ES256', ec('P-256')).algorithm, 'ES256');
    assert.equal(createHmacKey(id, 'HS256', new Uint8Array(32)).algorithm, 'HS256');
  });
});

describe('a generated key', () => {
  for (const algorithm of SIGNING_ALGORITHMS) {
    test(`of ${algorithm} fits, and is another each time`, async () => {
      const [one, two] = await Promise.all([
        generateKeyMaterial(algorithm, systemRandom),
        generateKeyMaterial(algorithm, systemRandom),
      ]);
      assert.notDeepEqual(one, two);
      const [a, b] = [createJwsKey(id, algorithm, one), createJwsKey(id, algorithm, two)];
      assert.equal(a.verify('x.y', a.sign('x.y')), true);
      assert.equal(b.verify('x.y', a.sign('x.y')), false);
      assert.equal(a.id, id);
    });
  }

  test('shows no private member', async () => {
    for (const algorithm of ['RS256', 'ES256'] as const) {
      const { publicJwk } = createJwsKey(id, algorithm, await generateKeyMaterial(algorithm, systemRandom));
      const expected =
        algorithm === 'RS256'
          ? ['alg', 'e', 'kid', 'kty', 'n', 'use']
          : ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'];
      assert.deepEqual(Object.keys(publicJwk ?? {}).toSorted(), expected);
    }
    assert.equal(createHmacKey(id, 'HS256', new Uint8Array(32)).publicJwk, undefined);
  });
});
