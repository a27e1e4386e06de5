import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { createJwsKey } from '../../src/crypto/jws/key-material.ts';
import type { KeyId } from '../../src/domain/ids.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { attack, without } from './support/attack.ts';
import { codeOf } from './support/errors.ts';
import { forge } from './support/tokens.ts';

describe('a key that the token brings or names itself', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = createJwsKey('own' as KeyId, 'ES256', privateKey.export({ format: 'der', type: 'pkcs8' }));
  const jwk = publicKey.export({ format: 'jwk' }) as JsonObject;
  const offers: Readonly<Record<string, JsonObject>> = {
    jwk: { jwk },
    'jwk with the kid of ours': { jwk: { ...jwk, kid: 'own' } },
    x5c: { x5c: [publicKey.export({ format: 'der', type: 'spki' }).toString('base64')] },
    jku: { jku: 'https://evil.example/jwks.json' },
    x5u: { x5u: 'https://evil.example/cert.pem' },
  };
  for (const [name, offer] of Object.entries(offers)) {
    test(`is not used, and nothing is fetched: ${name}`, async (t) => {
      const fetched = t.mock.method(globalThis, 'fetch', () => assert.fail('it fetched'));
      const { auth, header, payload } = await attack(t, 'ES256');
      const signedByOwn = forge(own, { ...header, ...offer }, payload);
      assert.equal(
        codeOf(() => auth.verify(signedByOwn)),
        'ERR_TOKEN_SIGNATURE',
      );
      const namingOwn = forge(own, { ...header, ...offer, kid: 'own' }, payload);
      assert.equal(
        codeOf(() => auth.verify(namingOwn)),
        'ERR_TOKEN_KEY_UNKNOWN',
      );
      const namingNone = forge(own, without({ ...header, ...offer }, 'kid'), payload);
      assert.equal(
        codeOf(() => auth.verify(namingNone)),
        'ERR_TOKEN_KEY_UNKNOWN',
      );
      assert.equal(fetched.mock.callCount(), 0);
    });

    test(`changes nothing about a token that our key signed: ${name}`, async (t) => {
      const { auth, withHeader } = await attack(t, 'ES256');
      assert.equal(auth.verify(withHeader(offer)).subject, 'ada');
    });
  }
});

describe('the kid only looks a key up', () => {
  const kids: readonly JsonValue[] = [
    '',
    ' ',
    'unknown',
    '../../../../dev/null',
    '/etc/passwd',
    "x' UNION SELECT 'secret",
    '$(id)',
  ];
  const more = [
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    'a'.repeat(65),
    'k\0',
    'http://evil.example/k',
    null,
    0,
    true,
    [],
    {},
  ];
  for (const kid of [...kids, ...more, ['x']] as readonly JsonValue[]) {
    test(`not ${JSON.stringify(kid).slice(0, 40)}`, async (t) => {
      const { auth, withHeader } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(withHeader({ kid }))),
        'ERR_TOKEN_KEY_UNKNOWN',
      );
    });
  }

  test('and has to be there: no key is tried in its place', async (t) => {
    const { auth, header, withHeader } = await attack(t);
    assert.equal(
      codeOf(() => auth.verify(withHeader(without(header, 'kid')))),
      'ERR_TOKEN_KEY_UNKNOWN',
    );
  });

  test('nor in another case, or padded', async (t) => {
    const { auth, header, withHeader } = await attack(t);
    const kid = String(header['kid']);
    const swapped = [...kid].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
    for (const other of [swapped, ` ${kid}`, `${kid}=`, `${kid}\n`]) {
      assert.equal(
        codeOf(() => auth.verify(withHeader({ kid: other }))),
        'ERR_TOKEN_KEY_UNKNOWN',
      );
    }
  });
});
