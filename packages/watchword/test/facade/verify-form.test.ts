import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attack } from './support/attack.ts';
import { codeOf } from './support/errors.ts';

describe('what is not compact JWS is refused', () => {
  test('JWE, JSON serialisation, and other types', async (t) => {
    const { auth, accessToken } = await attack(t);
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    const others: readonly unknown[] = [
      `${accessToken}.a.b`,
      `${header}.${payload}.${signature}.${signature}.${signature}`,
      JSON.stringify({ protected: header, payload, signature }),
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
      `{"a.${payload}.${signature}":1,"protected":"${header}","payload":"x","signature":"y"}`,
      `Bearer ${accessToken}`,
      ` ${accessToken}`,
      `${accessToken}\n`,
      '',
      '..',
      undefined,
      null,
      42,
      {},
      [accessToken],
      Object(accessToken),
    ];
    for (const other of others) {
      const code = codeOf(() => auth.verify(other as string));
      assert.ok(
        code === 'ERR_TOKEN_MALFORMED' || code === 'ERR_TOKEN_SIGNATURE',
        `${String(other).slice(0, 30)}: ${code}`,
      );
    }
  });

  test('more than 8192 characters, also well signed', async (t) => {
    const { auth, withHeader } = await attack(t);
    assert.equal(
      codeOf(() => auth.verify(withHeader({ padding: 'x'.repeat(8192) }))),
      'ERR_TOKEN_MALFORMED',
    );
    assert.equal(
      codeOf(() => auth.verify('a'.repeat(10_000_000))),
      'ERR_TOKEN_MALFORMED',
    );
  });
});
