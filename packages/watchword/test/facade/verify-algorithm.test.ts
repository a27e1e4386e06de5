import assert from 'node:assert/strict';
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { describe, test } from 'node:test';
import type { JsonValue } from '../../src/domain/json.ts';
import { attack, without } from './support/attack.ts';
import { codeOf } from './support/errors.ts';
import { encoded } from './support/tokens.ts';

describe('the alg of a token is that of its key, exactly', () => {
  const names: readonly JsonValue[] = [
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'hs256',
    'HS256 ',
    'HS384',
    'HS512',
    'RS256',
  ];
  for (const alg of [
    ...names,
    'ES256',
    'PS256',
    'EdDSA',
    'HS256\0',
    'dir',
    null,
    0,
    true,
    ['HS256'],
    { toString: 'HS256' },
  ]) {
    test(`not ${JSON.stringify(alg)}`, async (t) => {
      const { auth, withHeader } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(withHeader({ alg }))),
        'ERR_TOKEN_ALGORITHM',
      );
    });
  }

  test('and has to be there', async (t) => {
    const { auth, header, withHeader } = await attack(t);
    assert.equal(
      codeOf(() => auth.verify(withHeader(without(header, 'alg')))),
      'ERR_TOKEN_ALGORITHM',
    );
  });

  for (const alg of ['none', 'NONE', 'nOnE']) {
    test(`${alg} without a signature is no token at all`, async (t) => {
      const { auth, header, payload } = await attack(t);
      const text = `${encoded({ ...header, alg })}.${encoded(payload)}`;
      for (const token of [text, `${text}.`, `${text}..`]) {
        assert.equal(
          codeOf(() => auth.verify(token)),
          'ERR_TOKEN_MALFORMED',
        );
      }
    });
  }
});

describe('a signature without a key', () => {
  test('is wrong: empty, cut short, of zeros, of another token', async (t) => {
    const { auth, accessToken } = await attack(t);
    const [head = '', body = '', signature = ''] = accessToken.split('.');
    const { accessToken: other } = await auth.sessions.start({ subject: 'eve' });
    for (const forged of [
      signature.slice(1),
      'A',
      'A'.repeat(43),
      other.split('.')[2] ?? '',
      `${signature}A`,
    ]) {
      assert.equal(
        codeOf(() => auth.verify(`${head}.${body}.${forged}`)),
        'ERR_TOKEN_SIGNATURE',
      );
    }
    assert.equal(
      codeOf(() => auth.verify(`${head}.${body}.`)),
      'ERR_TOKEN_MALFORMED',
    );
  });
});

describe('a public key used as an HMAC secret', () => {
  for (const algorithm of ['RS256', 'ES256'] as const) {
    test(`is refused, in every form of it, whatever the header says (${algorithm})`, async (t) => {
      const { auth, header, payload, key } = await attack(t, algorithm);
      const publicKey = createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' });
      const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
      const secrets = [
        pem,
        pem.trimEnd(),
        `\n${pem}`,
        publicKey.export({ format: 'der', type: 'spki' }),
        JSON.stringify(key.publicJwk),
      ];
      for (const secret of secrets) {
        for (const [alg, code] of [
          ['HS256', 'ERR_TOKEN_ALGORITHM'],
          [algorithm, 'ERR_TOKEN_SIGNATURE'],
        ] as const) {
          const input = `${encoded({ ...header, alg })}.${encoded(payload)}`;
          const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
          assert.equal(
            codeOf(() => auth.verify(token)),
            code,
          );
        }
      }
    });
  }
});
