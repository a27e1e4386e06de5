import assert from 'node:assert/strict';
import { createSigner, createVerifier as createFastVerifier, type Algorithm } from 'fast-jwt';
import * as jose from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { describe, test } from 'node:test';
import { JWS_ALGORITHM_NAMES } from '../../src/crypto/jws/algorithms.ts';
import { parseKey, signJws, verifyJws, type JwsAlgorithmName } from '../../src/facade/jws.ts';
import { rounds } from '../domain/support/property.ts';
import { UNKNOWN_TO } from './support/judges.ts';
import { createKey, type AttackedKey } from './support/keys.ts';

const TIMES = rounds(10, 200);
const hasMlDsa = Number(process.versions.node.split('.')[0]) >= 24;

const claims = (round: number) => ({
  sub: `ada ${round}`,
  text: 'ü😀"\\'.repeat(round % 7),
  iat: 1_700_000_000,
});

/** RSA and EC keys as PEM, secrets as bytes: what fast-jwt takes. */
function forFast(key: AttackedKey, half: 'signing' | 'verifying'): string | Buffer {
  if (key.algorithm.startsWith('HS')) return key[half].export();
  const type = half === 'signing' ? 'pkcs8' : 'spki';
  return key[half].export({ format: 'pem', type } as { format: 'pem'; type: 'spki' });
}

for (const algorithm of JWS_ALGORITHM_NAMES.filter((name) => hasMlDsa || name !== 'ML-DSA-44')) {
  const key = createKey(algorithm);
  const algorithms: readonly JwsAlgorithmName[] = [algorithm];
  const ours = parseKey(key.privateJwk);
  const readByUs = (token: string): unknown =>
    JSON.parse(Buffer.from(verifyJws(token, parseKey(key.jwk), { algorithms }).payload).toString());

  describe(`${algorithm}: what one signs, the other verifies`, () => {
    test('jose', async () => {
      for (let round = 0; round < TIMES; round += 1) {
        const payload = claims(round);
        const token = signJws(JSON.stringify(payload), ours, { header: { typ: 'JWT' } });
        const seen = await jose.compactVerify(token, key.verifying, { algorithms: [algorithm] });
        assert.deepEqual(seen.protectedHeader, { alg: algorithm, kid: 'k1', typ: 'JWT' });
        assert.deepEqual(JSON.parse(Buffer.from(seen.payload).toString()), payload);
        const theirs = await new jose.CompactSign(Buffer.from(JSON.stringify(payload)))
          .setProtectedHeader({ alg: algorithm, kid: 'k1' })
          .sign(key.signing);
        assert.deepEqual(readByUs(theirs), payload);
      }
    });

    test(
      'jsonwebtoken',
      { skip: UNKNOWN_TO.jsonwebtoken.includes(algorithm) && 'it does not know it' },
      () => {
        const name = algorithm as jsonwebtoken.Algorithm;
        for (let round = 0; round < TIMES; round += 1) {
          const payload = claims(round);
          const token = signJws(JSON.stringify(payload), ours, { header: { typ: 'JWT' } });
          assert.deepEqual(jsonwebtoken.verify(token, key.verifying, { algorithms: [name] }), payload);
          const theirs = jsonwebtoken.sign(payload, key.signing, { algorithm: name, keyid: 'k1' });
          assert.deepEqual(readByUs(theirs), payload);
        }
      },
    );

    test('fast-jwt', { skip: UNKNOWN_TO['fast-jwt'].includes(algorithm) && 'it does not know it' }, () => {
      const name = algorithm as Algorithm;
      const verify = createFastVerifier({ key: forFast(key, 'verifying'), algorithms: [name] });
      const sign = createSigner({ key: forFast(key, 'signing'), algorithm: name, kid: 'k1' });
      for (let round = 0; round < TIMES; round += 1) {
        const payload = claims(round);
        const token = signJws(JSON.stringify(payload), ours, { header: { typ: 'JWT' } });
        assert.deepEqual(verify(token), payload);
        assert.deepEqual(readByUs(sign(payload)), payload);
      }
    });
  });
}
