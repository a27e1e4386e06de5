import assert from 'node:assert/strict';
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { splitCompactJws } from '../../src/crypto/jws/compact.ts';
import type { JwsKey } from '../../src/crypto/jws/jws-key.ts';
import { createJwsKey } from '../../src/crypto/jws/key-material.ts';
import type { KeyId } from '../../src/domain/ids.ts';
import type { SigningAlgorithm } from '../../src/domain/signing-key.ts';
import { readVectors } from '../domain/support/vectors.ts';

interface Vector {
  readonly algorithm: SigningAlgorithm;
  /** Whether the algorithm gives the same signature each time. */
  readonly deterministic: boolean;
  readonly jwk: JsonWebKey;
  readonly header: string;
  readonly payload: string;
  readonly token: string;
}

function keyOf({ algorithm, jwk }: Vector): JwsKey {
  const material =
    jwk.kty === 'oct'
      ? Buffer.from(jwk.k ?? '', 'base64url')
      : createPrivateKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'pkcs8' });
  return createJwsKey('rfc7515' as KeyId, algorithm, material);
}

for (const file of ['rfc7515-a1-hs256.json', 'rfc7515-a2-rs256.json', 'rfc7515-a3-es256.json']) {
  const vector = readVectors<Vector>(file);
  describe(`${vector.source} (${vector.algorithm})`, () => {
    const key = keyOf(vector);
    const jws = splitCompactJws(vector.token);
    assert.ok(jws !== undefined);

    test('is split into the header and the payload of the RFC', () => {
      assert.equal(Buffer.from(jws.headerText, 'base64url').toString(), vector.header);
      assert.equal(Buffer.from(jws.payloadText, 'base64url').toString(), vector.payload);
      assert.equal(`${jws.signingInput}.${jws.signature}`, vector.token);
    });

    test('has a right signature', () => assert.equal(key.verify(jws.signingInput, jws.signature), true));

    test('is signed by us as the RFC signed it', () => {
      const signature = key.sign(jws.signingInput);
      if (vector.deterministic) assert.equal(signature, jws.signature);
      assert.equal(key.verify(jws.signingInput, signature), true);
    });

    test('has another signature for another payload', () => {
      assert.equal(key.verify(`${jws.signingInput}A`, jws.signature), false);
      assert.equal(key.verify(jws.signingInput.slice(1), jws.signature), false);
    });

    test('shows its public half alone', () => {
      const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, k: _k, ...publicHalf } = vector.jwk;
      const named = { ...publicHalf, use: 'sig', alg: vector.algorithm, kid: 'rfc7515' };
      assert.deepEqual(key.publicJwk, vector.jwk.kty === 'oct' ? undefined : named);
    });
  });
}
