import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as jose from 'jose';
import { parseKey, signJws, verifyJws, WatchwordError } from '../../src/facade/jws.ts';
import { holds, holdsAsync } from '../domain/support/property.ts';
import { codeOf, encoded, freshJwk, publicHalf, USABLE_ALGORITHMS } from './support.ts';

const payloads = fc.uint8Array({ minLength: 1, maxLength: 300 });

for (const algorithm of USABLE_ALGORITHMS) {
  describe(`${algorithm}: jose and we agree`, () => {
    const jwk = freshJwk(algorithm, 'k');
    const key = parseKey(jwk);
    const verifying = parseKey(publicHalf(jwk));

    test('on what we sign and on what jose signs, whatever the bytes', async () => {
      const forJose = await jose.importJWK(jwk as jose.JWK, algorithm);
      const forJoseToVerify = await jose.importJWK(publicHalf(jwk) as jose.JWK, algorithm);
      await holdsAsync(
        fc.asyncProperty(payloads, async (payload) => {
          const ours = await jose.compactVerify(signJws(payload, key), forJoseToVerify);
          assert.deepEqual(ours.protectedHeader, { alg: algorithm, kid: 'k' });
          assert.deepEqual(new Uint8Array(ours.payload), payload);
          const token = await new jose.CompactSign(payload)
            .setProtectedHeader({ alg: algorithm, kid: 'k', typ: 'x' })
            .sign(forJose);
          assert.deepEqual(verifyJws(token, verifying, { algorithms: [algorithm] }).payload, payload);
        }),
        10,
      );
    });

    test('on no token with a bit of its signature changed', () => {
      const token = signJws('payload', key);
      const at = token.lastIndexOf('.') + 1;
      const signature = Buffer.from(token.slice(at), 'base64url');
      for (let bit = 0; bit < signature.length * 8; bit += Math.ceil(signature.length / 16)) {
        const changed = Buffer.from(signature);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const forged = token.slice(0, at) + changed.toString('base64url');
        assert.equal(
          codeOf(() => verifyJws(forged, verifying, { algorithms: [algorithm] })),
          'ERR_TOKEN_SIGNATURE',
        );
      }
    });
  });
}

describe('verifyJws throws nothing but our error', () => {
  const keys = (['RS256', 'ES256', 'EdDSA', 'PS384'] as const).map((alg) => parseKey(freshJwk(alg, alg)));
  const options = { algorithms: USABLE_ALGORITHMS };
  const isOurs = (token: unknown): void => {
    try {
      verifyJws(token as string, keys, options);
      assert.fail('it was taken');
    } catch (error) {
      assert.ok(error instanceof WatchwordError, String(error));
      assert.match(error.code, /^ERR_TOKEN_/);
    }
  };

  test('for any text', () => holds(fc.property(fc.string({ unit: 'binary' }), isOurs)));
  test('for any value', () => holds(fc.property(fc.anything(), isOurs)));
  test('for any three parts', () =>
    holds(fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => isOurs(`${a}.${b}.${c}`))));

  test('for any header, payload and signature', () => {
    const alg = fc.constantFrom(...USABLE_ALGORITHMS, 'none', 'Ed25519');
    const header = fc.oneof(
      fc.json().map(encoded),
      alg.map((one) => encoded({ alg: one, kid: one })),
    );
    const bytes = fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one).toString('base64url'));
    holds(fc.property(header, bytes, bytes, (a, b, c) => isOurs(`${a}.${b}.${c}`)));
  });

  test('for any change of a good token', () => {
    const [jwk] = [freshJwk('ES256', 'ES256')];
    const own = parseKey(jwk);
    const token = signJws('{"sub":"ada"}', own);
    const place = fc.nat({ max: token.length - 1 });
    holds(
      fc.property(place, fc.nat({ max: 3 }), fc.string({ unit: 'binary', maxLength: 3 }), (at, cut, text) => {
        const changed = token.slice(0, at) + text + token.slice(at + cut);
        if (changed === token) return;
        assert.match(
          codeOf(() => verifyJws(changed, own, options)),
          /^ERR_TOKEN_/,
        );
      }),
    );
  });
});
