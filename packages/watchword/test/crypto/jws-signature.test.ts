import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { createJwsKey, generateKeyMaterial } from '../../src/crypto/jws/key-material.ts';
import type { KeyId } from '../../src/domain/ids.ts';
import { SIGNING_ALGORITHMS } from '../../src/domain/signing-key.ts';
import { systemRandom } from '../../src/platform/system-random.ts';

const INPUT = 'eyJhbGciOiJ4In0.e30';

for (const algorithm of SIGNING_ALGORITHMS) {
  const material = await generateKeyMaterial(algorithm, systemRandom);
  const key = createJwsKey('k' as KeyId, algorithm, material);
  const signature = key.sign(INPUT);

  describe(`a signature of ${algorithm}`, () => {
    test('is right as it is', () => assert.equal(key.verify(INPUT, signature), true));

    test('is wrong with any one character changed', () => {
      for (let at = 0; at < signature.length; at += 1) {
        const code = signature.charCodeAt(at);
        const others = [
          'A',
          'B',
          '_',
          '=',
          '+',
          ' ',
          '\0',
          String.fromCharCode(code ^ 1),
          String.fromCharCode(code ^ 2),
        ];
        for (const other of others) {
          if (other === signature[at]) continue;
          const changed = signature.slice(0, at) + other + signature.slice(at + 1);
          assert.equal(key.verify(INPUT, changed), false, `“${other}” at ${at}`);
        }
      }
    });

    test('is wrong if a character is one that only looks the same in eight bits', () => {
      for (let at = 0; at < signature.length; at += 1) {
        for (const plus of [0x100, 0x200, 0xff00]) {
          const twin = String.fromCharCode(signature.charCodeAt(at) + plus);
          assert.equal(
            key.verify(INPUT, signature.slice(0, at) + twin + signature.slice(at + 1)),
            false,
            `at ${at}`,
          );
        }
      }
    });

    test('is wrong for an input that only looks the same in eight bits', () => {
      for (let at = 0; at < INPUT.length; at += 1) {
        const twin = String.fromCharCode(INPUT.charCodeAt(at) + 0x100);
        assert.equal(
          key.verify(INPUT.slice(0, at) + twin + INPUT.slice(at + 1), signature),
          false,
          `at ${at}`,
        );
      }
    });

    test('is wrong empty, cut short at any length, or made longer', () => {
      for (let length = 0; length < signature.length; length += 1) {
        assert.equal(key.verify(INPUT, signature.slice(0, length)), false, `${length} characters`);
      }
      for (const more of ['A', 'AA', 'AAAA', '=', '==', '\n', `.${signature}`]) {
        assert.equal(key.verify(INPUT, signature + more), false, JSON.stringify(more));
      }
    });

    test('is wrong in another alphabet', () => {
      // Where the signature has neither of the two characters in which they differ, it is right in both.
      const standard = Buffer.from(signature, 'base64url').toString('base64');
      assert.equal(key.verify(INPUT, standard), standard === signature);
      assert.equal(key.verify(INPUT, Buffer.from(signature, 'base64url').toString('hex')), false);
    });
  });
}

describe('degenerate signatures of ES256 (CVE-2022-21449)', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = createJwsKey('k' as KeyId, 'ES256', privateKey.export({ format: 'der', type: 'pkcs8' }));
  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
  const zero = '00'.repeat(32);
  const one = `${'00'.repeat(31)}01`;
  for (const [r, s] of [
    [zero, zero],
    [zero, one],
    [one, zero],
    [order, order],
    [order, one],
    [one, order],
    [one, one],
  ] as const) {
    test(`r = ${r.slice(0, 4)}…${r.slice(-4)}, s = ${s.slice(0, 4)}…${s.slice(-4)}`, () => {
      assert.equal(key.verify(INPUT, Buffer.from(r + s, 'hex').toString('base64url')), false);
    });
  }

  test('a DER signature is not one of JWS (RFC 7518 §3.4)', () => {
    const der = sign('sha256', Buffer.from(INPUT), { key: privateKey, dsaEncoding: 'der' });
    assert.equal(key.verify(INPUT, der.toString('base64url')), false);
  });
});

test('a public key is not an HMAC secret: what was signed with any form of it is refused', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = createJwsKey('k' as KeyId, 'RS256', privateKey.export({ format: 'der', type: 'pkcs8' }));
  const forms = [
    publicKey.export({ format: 'pem', type: 'spki' }),
    `\n${publicKey.export({ format: 'pem', type: 'spki' }).toString()}`,
    publicKey.export({ format: 'pem', type: 'pkcs1' }),
    publicKey.export({ format: 'der', type: 'spki' }),
    publicKey.export({ format: 'der', type: 'pkcs1' }),
    JSON.stringify(publicKey.export({ format: 'jwk' })),
  ];
  for (const form of forms) {
    const forged = createHmac('sha256', form).update(INPUT).digest('base64url');
    assert.equal(key.verify(INPUT, forged), false);
  }
});
