import assert from 'node:assert/strict';
import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type JsonWebKey,
} from 'node:crypto';
import { describe, test } from 'node:test';
import {
  calculateJwkThumbprint,
  CompactSign,
  compactVerify,
  importJWK,
  importPKCS8,
  importSPKI,
  SignJWT,
  jwtVerify,
  type JWK,
} from 'jose';
import { jwkThumbprint } from '../src/keygen/jwk-thumbprint.ts';
import { watchword } from './run-watchword.ts';

interface PairObject<Half> {
  readonly kind: string;
  readonly algorithm: string;
  readonly kid: string;
  readonly private: Half;
  readonly public: Half;
}

const MESSAGE = Buffer.from('the watchword of the night');

const PAIRS: readonly { readonly args: string; readonly algorithm: string }[] = [
  { args: 'rsa --bits 2048', algorithm: 'RS256' },
  { args: 'rsa', algorithm: 'RS256' },
  { args: 'rsa --bits 4096 --alg RS512', algorithm: 'RS512' },
  { args: 'rsa --bits 2048 --alg RS384', algorithm: 'RS384' },
  { args: 'rsa --bits 2048 --alg PS256', algorithm: 'PS256' },
  { args: 'rsa --bits 2048 --alg PS384', algorithm: 'PS384' },
  { args: 'rsa --bits 2048 --alg PS512', algorithm: 'PS512' },
  { args: 'ec', algorithm: 'ES256' },
  { args: 'ec --curve P-384', algorithm: 'ES384' },
  { args: 'ec --curve P-521', algorithm: 'ES512' },
  { args: 'ed25519', algorithm: 'EdDSA' },
  { args: 'ed25519 --alg Ed25519', algorithm: 'Ed25519' },
];

for (const { args, algorithm } of PAIRS) {
  describe(`keygen ${args}`, () => {
    test('the JWK signs and verifies with jose, and its kid is what jose computes', async () => {
      const { kid, ...pair } = await generate<JWK>(`${args} --format jwk`);
      assert.equal(pair.algorithm, algorithm);
      for (const half of [pair.private, pair.public]) {
        assert.equal(half.alg, algorithm);
        assert.equal(half.use, 'sig');
        assert.equal(half.kid, kid);
      }
      assert.equal(await calculateJwkThumbprint(pair.public, 'sha256'), kid);
      assert.equal(await calculateJwkThumbprint(pair.private, 'sha256'), kid);

      const token = await new SignJWT({ sub: 'ada' })
        .setProtectedHeader({ alg: algorithm, kid })
        .sign(await importJWK(pair.private));
      const verified = await jwtVerify(token, await importJWK(pair.public));
      assert.equal(verified.payload.sub, 'ada');
    });

    test('the PEM signs and verifies with jose', async () => {
      const pair = await generate<string>(`${args} --format pem`);
      const jws = await new CompactSign(MESSAGE)
        .setProtectedHeader({ alg: algorithm })
        .sign(await importPKCS8(pair.private, algorithm));
      const verified = await compactVerify(jws, await importSPKI(pair.public, algorithm));
      assert.deepEqual(Buffer.from(verified.payload), MESSAGE);
    });

    test('both forms sign and verify with node:crypto, and the public half has nothing private', async () => {
      const jwk = await generate<JsonWebKey>(`${args} --format jwk`);
      const pem = await generate<string>(`${args} --format pem`);
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
        assert.equal(jwk.public[member], undefined);
      assert.throws(() => createPrivateKey(pem.public));
      for (const [privateKey, publicKey] of [
        [
          createPrivateKey({ key: jwk.private, format: 'jwk' }),
          createPublicKey({ key: jwk.public, format: 'jwk' }),
        ],
        [createPrivateKey(pem.private), createPublicKey(pem.public)],
      ] as const) {
        const padding = algorithm.startsWith('PS') ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
        const digest = algorithm.startsWith('Ed') ? null : `sha${algorithm.slice(2)}`;
        const signature = sign(digest, MESSAGE, { key: privateKey, ...padding });
        assert.ok(verify(digest, MESSAGE, { key: publicKey, ...padding }, signature));
        assert.ok(!verify(digest, Buffer.from('another'), { key: publicKey, ...padding }, signature));
        assert.ok(createPublicKey(privateKey).equals(publicKey));
      }
    });
  });
}

test('an RSA key has the size that was asked for and the exponent that everybody takes', async () => {
  for (const bits of [2048, 3072, 4096]) {
    const pair = await generate<string>(`rsa --bits ${bits} --format pem`);
    const { modulusLength, publicExponent } = createPublicKey(pair.public).asymmetricKeyDetails ?? {};
    assert.equal(modulusLength, bits);
    assert.equal(publicExponent, 65_537n);
  }
});

test('no two keys are the same', async () => {
  const kids = await Promise.all(Array.from({ length: 20 }, async () => (await generate<JWK>('ec')).kid));
  assert.equal(new Set(kids).size, 20);
});

test('the thumbprint of the example in RFC 7638 §3.1 and of that in RFC 8037 §A.3', () => {
  const rsa = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  };
  assert.equal(jwkThumbprint(rsa), 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  const okp = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  assert.equal(jwkThumbprint(okp), 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  assert.throws(() => jwkThumbprint({ kty: 'oct', k: 'AAAA' }), TypeError);
});

describe('secrets', () => {
  test('of every length, in both alphabets, are exactly that many random bytes', async () => {
    const seen = new Set<string>();
    for (let bytes = 32; bytes <= 64; bytes += 1) {
      const hex = (await watchword(['keygen', '--bytes', String(bytes)])).stdout.trimEnd();
      assert.match(hex, new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
      const base64url = (
        await watchword(['keygen', '--bytes', String(bytes), '-f', 'base64url'])
      ).stdout.trimEnd();
      assert.match(base64url, new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`));
      assert.equal(Buffer.from(base64url, 'base64url').length, bytes);
      assert.equal(Buffer.from(base64url, 'base64url').toString('base64url'), base64url);
      seen.add(hex).add(base64url);
    }
    assert.equal(seen.size, 66);
  });

  test('every value of a byte occurs', async () => {
    const seen = new Set<number>();
    for (let round = 0; round < 200; round += 1) {
      const { stdout } = await watchword(['keygen', '--bytes', '64']);
      for (const byte of Buffer.from(stdout.trimEnd(), 'hex')) seen.add(byte);
    }
    assert.equal(seen.size, 256);
  });

  for (const [algorithm, bytes] of [
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const) {
    test(`${bytes} bytes sign ${algorithm} with node:crypto, and jose verifies`, async () => {
      const { stdout } = await watchword([
        'keygen',
        'secret',
        '--bytes',
        String(bytes),
        '--format',
        'base64url',
      ]);
      const key = Buffer.from(stdout.trimEnd(), 'base64url');
      const body = [{ alg: algorithm }, { sub: 'ada' }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const mac = createHmac(`sha${algorithm.slice(2)}`, key)
        .update(body)
        .digest('base64url');
      assert.equal((await jwtVerify(`${body}.${mac}`, key)).payload.sub, 'ada');
      const token = await new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: algorithm }).sign(key);
      assert.equal((await jwtVerify(token, key, { algorithms: [algorithm] })).payload.sub, 'ada');
    });
  }
});

async function generate<Half>(args: string): Promise<PairObject<Half>> {
  const { stdout, stderr, exitCode } = await watchword(['keygen', ...args.split(' '), '--json']);
  assert.deepEqual({ stderr, exitCode }, { stderr: '', exitCode: 0 });
  return JSON.parse(stdout);
}
