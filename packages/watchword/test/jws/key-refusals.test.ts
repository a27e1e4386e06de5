import assert from 'node:assert/strict';
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { describe, test } from 'node:test';
import { parseKey, signJws, verifyJws, type Jwk, type JwsAlgorithmName } from '../../src/facade/jws.ts';
import { errorOf, freshJwk, HAS_ML_DSA, publicHalf, rsaJwk } from './support.ts';

const rsa = freshJwk('RS256');
const ec = freshJwk('ES256');
const ed = freshJwk('EdDSA');
const secret = freshJwk('HS256');

function without(jwk: Jwk, ...names: readonly string[]): Jwk {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));
}

/** Every text in a key that is longer than a name. */
function materialOf(jwk: unknown): string[] {
  return Object.values(jwk as object).filter(
    (value): value is string => typeof value === 'string' && value.length > 20,
  );
}

function assertRefused(jwk: unknown, sentence: RegExp, algorithm?: JwsAlgorithmName): void {
  const error = errorOf(() => parseKey(jwk as Jwk, algorithm === undefined ? {} : { algorithm }));
  assert.equal(error.code, 'ERR_KEY_REFUSED');
  assert.match(error.message, sentence);
  if (typeof jwk !== 'object' || jwk === null) return;
  for (const text of materialOf(jwk)) assert.ok(!JSON.stringify(error.message).includes(text));
}

const half = (jwk: Jwk, name: string): Buffer => Buffer.from(String(jwk[name as 'n']), 'base64url');
const zeroFirst = (jwk: Jwk, name: string): string =>
  Buffer.concat([Buffer.alloc(1), half(jwk, name)]).toString('base64url');
const flipped = (jwk: Jwk, name: string): string => {
  const bytes = half(jwk, name);
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  return bytes.toString('base64url');
};
const other = { rsa: freshJwk('RS256'), ec: freshJwk('ES256'), ed: freshJwk('EdDSA') };
const foreign = (namedCurve: string): unknown =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
const spki = createPublicKey({ key: rsa as JsonWebKey, format: 'jwk' });

describe('a JWK is refused', () => {
  const refused: Readonly<Record<string, readonly [unknown, RegExp, JwsAlgorithmName?]>> = {
    'that is RSA of 1024 bits': [{ ...rsaJwk(1024), alg: 'RS256' }, /1024 bits: use 2048/],
    'that is RSA of 2040 bits': [{ ...rsaJwk(2040), alg: 'PS256' }, /2040 bits/],
    'that is RSA of 16392 bits': [
      { kty: 'RSA', alg: 'RS256', e: 'AQAB', n: Buffer.alloc(2049, 0xff).toString('base64url') },
      /16384 at most/,
    ],
    'whose exponent is 1': [{ ...publicHalf(rsa), e: 'AQ' }, /exponent.*Use 65537|no key/],
    'whose exponent is 3': [{ ...publicHalf(rsa), e: 'Aw' }, /exponent.*Use 65537/],
    'whose exponent is even': [{ ...publicHalf(rsa), e: 'AQAC' }, /exponent.*Use 65537/],
    'whose exponent has over 64 bits': [
      { ...publicHalf(rsa), e: Buffer.alloc(9, 0x11).toString('base64url') },
      /exponent.*64 bits/,
    ],
    'whose modulus is even': [
      { ...publicHalf(rsa), n: `${String(rsa.n).slice(0, -4)}AAAA` },
      /small factor|no key/,
    ],
    'whose modulus begins with a zero byte': [{ ...rsa, n: zeroFirst(rsa, 'n') }, /`n`.*zero byte/],
    'whose exponent begins with a zero byte': [{ ...rsa, e: 'AAEAAQ' }, /`e`.*zero byte/],
    'with more than two primes': [{ ...rsa, oth: [] }, /two primes/],
    'that is private without its primes': [without(rsa, 'p', 'q', 'dp', 'dq', 'qi'), /`p`.*missing/],
    'that is RSA with the modulus of another key': [{ ...rsa, n: other.rsa.n }, /public members/],
    'that is RSA with the private exponent of another key': [
      { ...other.rsa, n: rsa.n, e: rsa.e },
      /public members/,
    ],
    'whose point is off the curve': [{ ...publicHalf(ec), x: flipped(ec, 'x') }, /not on its curve/],
    'whose point is at zero': [
      { ...publicHalf(ec), x: 'A'.repeat(43), y: 'A'.repeat(43) },
      /not on its curve/,
    ],
    'whose coordinate is short': [
      { ...ec, x: half(ec, 'x').subarray(1).toString('base64url') },
      /31 bytes.*should have 32/,
    ],
    'whose coordinate is long': [{ ...ec, x: zeroFirst(ec, 'x') }, /33 bytes.*should have 32/],
    'whose private number is short': [{ ...ec, d: 'AQAB' }, /`d`.*3 bytes/],
    'with the point of another private key': [{ ...ec, x: other.ec.x, y: other.ec.y }, /public members/],
    'on secp256k1': [{ ...(foreign('secp256k1') as object), alg: 'ES256' }, /`crv` of the JWK is unknown/],
    'on P-384 for ES256': [{ ...(foreign('P-384') as object), alg: 'ES256' }, /does not fit.*use ES384/],
    'on P-256 for ES384': [{ ...ec, alg: 'ES384' }, /does not fit.*use ES256/],
    'whose curve is left out': [without(ec, 'crv'), /`crv` of the JWK is unknown/],
    'that is Ed25519 with the private key of another': [{ ...ed, x: other.ed.x }, /public members/],
    'that is Ed25519 with 31 bytes': [{ ...publicHalf(ed), x: 'A'.repeat(42) }, /`x`/],
    'that is Ed448': [
      generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' }),
      /`crv` of the JWK is unknown/,
    ],
    'that is X25519': [
      generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }),
      /`crv` of the JWK is unknown/,
    ],
    'that is RSA without an alg': [without(rsa, 'alg'), /no `alg`.*RS256, RS384/s],
    'that is a secret without an alg': [without(secret, 'alg'), /no `alg`.*HS256/s],
    'that has no alg and fits none that is allowed': [without(rsa, 'alg'), /no `alg`/, 'ES256'],
    'whose alg is that of another type': [{ ...rsa, alg: 'HS256' }, /does not fit.*RS256/],
    'whose alg is none': [{ ...secret, alg: 'none' }, /does not fit/],
    'whose alg is in lower case': [{ ...secret, alg: 'hs256' }, /does not fit/],
    'whose alg is for encryption': [{ ...rsa, alg: 'RSA-OAEP-256' }, /does not fit/],
    'whose alg is a list': [{ ...rsa, alg: ['RS256'] }, /does not fit/],
    'whose alg is inherited by every object': [{ ...rsa, alg: 'toString' }, /does not fit/],
    'whose alg is not the one asked for': [rsa, /for RS256/, 'PS256'],
    'whose use is enc': [{ ...rsa, use: 'enc' }, /`use`.*not `sig`/],
    'whose use is no string': [{ ...rsa, use: ['sig'] }, /`use`/],
    'whose key_ops has neither verify nor sign': [{ ...rsa, key_ops: ['encrypt'] }, /neither/],
    'whose key_ops is empty': [{ ...rsa, key_ops: [] }, /neither/],
    'whose key_ops is a string': [{ ...rsa, key_ops: 'verify' }, /not an array/],
    'whose key_ops holds a number': [{ ...rsa, key_ops: ['verify', 1] }, /not an array/],
    'whose key_ops says one thing twice': [{ ...rsa, key_ops: ['verify', 'verify'] }, /different strings/],
    'whose kid is a number': [{ ...rsa, kid: 1 }, /`kid`/],
    'whose kid is empty': [{ ...rsa, kid: '' }, /`kid`/],
    'whose kid has 257 characters': [{ ...rsa, kid: 'k'.repeat(257) }, /`kid`.*256/],
    'whose kty is unknown': [{ kty: 'DH', alg: 'RS256' }, /`kty`.*unknown/],
    'whose kty is written otherwise': [{ ...rsa, kty: 'rsa' }, /`kty`.*unknown/],
    'whose kty is no string': [{ ...rsa, kty: 1 }, /`kty`/],
    'with padding in a member': [{ ...secret, k: `${String(secret.k)}=` }, /`k`.*base64url/],
    'with white space in a member': [{ ...secret, k: `${String(secret.k)}\n` }, /`k`.*base64url/],
    'with the alphabet of base64': [{ ...secret, k: `+/${'A'.repeat(41)}` }, /`k`.*base64url/],
    'with spare bits in a member': [{ ...secret, k: `${'A'.repeat(42)}B` }, /`k`.*base64url/],
    'without its material': [without(secret, 'k'), /`k`.*missing/],
    'whose material is no string': [{ ...secret, k: Buffer.alloc(32) }, /`k`.*no string/],
    'whose secret is empty': [{ ...secret, k: '' }, /`k`/],
    'of ML-DSA-44 without its alg': [
      { kty: 'AKP', pub: Buffer.alloc(1312).toString('base64url') },
      /no `alg`/,
    ],
    'of ML-DSA-65': [{ kty: 'AKP', alg: 'ML-DSA-65', pub: 'AAAA' }, /does not fit.*ML-DSA-44/],
    'of ML-DSA-44 of another length': [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }, /1312/],
    'that only inherits its members': [Object.create(rsa), /a JWK/],
    'that is a key object': [spki, /a JWK/],
    'that is bytes': [half(rsa, 'n'), /a JWK/],
    'that is nothing': [undefined, /a JWK/],
    'that is null': [null, /a JWK/],
  };
  for (const [name, [jwk, sentence, algorithm]] of Object.entries(refused)) {
    test(name, () => assertRefused(jwk, sentence, algorithm));
  }

  for (const [algorithm, least] of [
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const) {
    test(`that is a secret shorter than the hash: ${least - 1} bytes for ${algorithm}`, () => {
      const ofLength = (length: number) => randomBytes(length).toString('base64url');
      assertRefused({ kty: 'oct', alg: algorithm, k: ofLength(least - 1) }, new RegExp(`${least} bytes`));
      assert.equal(parseKey({ kty: 'oct', alg: algorithm, k: ofLength(least) }).algorithm, algorithm);
    });
  }

  test('whose secret is a public key, in any form (CVE-2016-10555)', () => {
    const forms = [
      spki.export({ format: 'pem', type: 'spki' }),
      `\n${spki.export({ format: 'pem', type: 'spki' }).toString()}`,
      spki.export({ format: 'pem', type: 'pkcs1' }),
      spki.export({ format: 'der', type: 'spki' }),
      spki.export({ format: 'der', type: 'pkcs1' }),
    ];
    for (const form of forms) {
      const k = Buffer.from(form).toString('base64url');
      assertRefused({ kty: 'oct', alg: 'HS256', k }, /public key, which everybody knows/);
    }
  });

  test('of ML-DSA-44 whose halves differ', { skip: !HAS_ML_DSA }, () => {
    const [one, two] = [freshJwk('ML-DSA-44'), freshJwk('ML-DSA-44')];
    assertRefused({ ...one, pub: two.pub }, /public members/);
  });

  test('of ML-DSA-44 where the runtime has none', { skip: HAS_ML_DSA }, () => {
    const pub = Buffer.alloc(1312).toString('base64url');
    assertRefused({ kty: 'AKP', alg: 'ML-DSA-44', pub }, /runtime has no ML-DSA-44/);
  });
});

describe('a JWK without an alg is taken', () => {
  test('where its curve leaves one algorithm', () => {
    assert.equal(parseKey(without(ec, 'alg')).algorithm, 'ES256');
    assert.equal(parseKey(without(ed, 'alg')).algorithm, 'EdDSA');
  });

  test('where what is allowed leaves one', () => {
    assert.equal(parseKey(without(rsa, 'alg'), { algorithm: 'PS384' }).algorithm, 'PS384');
    const token = signJws('x', rsa);
    const key = without(publicHalf(rsa), 'alg');
    assert.equal(verifyJws(token, key, { algorithms: ['RS256', 'ES256'] }).payload.length, 1);
    const ambiguous = errorOf(() => verifyJws(token, key, { algorithms: ['RS256', 'PS256'] }));
    assert.equal(ambiguous.code, 'ERR_KEY_REFUSED');
  });
});

test('members of others do not matter: x5c, iat, ext', () => {
  assert.equal(parseKey({ ...rsa, x5c: [1], ext: true, use: 'sig' } as Jwk).algorithm, 'RS256');
});

describe('key_ops says what a key does', () => {
  const token = signJws('x', ec);

  test('one for signing does not verify', () => {
    const key = { ...ec, key_ops: ['sign'] };
    const refused = errorOf(() => verifyJws(token, key, { algorithms: ['ES256'] }));
    assert.equal(refused.code, 'ERR_KEY_REFUSED');
    assert.match(refused.message, /`verify`/);
    assert.ok(signJws('x', key));
  });

  test('one for verifying does not sign', () => {
    const key = { ...ec, key_ops: ['verify'] };
    assert.equal(errorOf(() => signJws('x', key)).code, 'ERR_KEY_REFUSED');
    assert.ok(verifyJws(token, key, { algorithms: ['ES256'] }));
  });

  test('and a public one signs nothing', () => {
    assert.match(errorOf(() => signJws('x', publicHalf(ec))).message, /does not sign: it is public/);
  });
});

describe('PEM', () => {
  const pem = (key: KeyObject, type: 'spki' | 'pkcs1' | 'sec1' | 'pkcs8'): string =>
    (key.export as (options: object) => string | Buffer)({ format: 'pem', type }).toString();
  const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ecPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  test('is read where its algorithm is said, and used like a JWK', () => {
    for (const [algorithm, { publicKey, privateKey }] of [
      ['RS256', rsaPair],
      ['PS512', rsaPair],
      ['ES256', ecPair],
      ['EdDSA', generateKeyPairSync('ed25519')],
    ] as const) {
      const token = signJws('x', parseKey(pem(privateKey, 'pkcs8'), { algorithm, kid: 'k' }));
      const key = parseKey(pem(publicKey, 'spki'), { algorithm, kid: 'k' });
      assert.deepEqual(verifyJws(token, key, { algorithms: [algorithm] }).header, {
        alg: algorithm,
        kid: 'k',
      });
      const windows = pem(publicKey, 'spki').replaceAll('\n', '\r\n');
      assert.equal(parseKey(windows, { algorithm }).algorithm, algorithm);
    }
  });

  test('is refused without its algorithm', () => {
    assert.equal(errorOf(() => parseKey(pem(rsaPair.publicKey, 'spki'))).code, 'ERR_OPTION');
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey;
  const good = pem(ecPair.publicKey, 'spki');
  const encrypted = ecPair.privateKey
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  const refused: Readonly<Record<string, readonly [string, JwsAlgorithmName]>> = {
    'as a secret for HMAC': [good, 'HS256'],
    'in PKCS#1': [pem(rsaPair.publicKey, 'pkcs1'), 'RS256'],
    'private in PKCS#1': [pem(rsaPair.privateKey, 'pkcs1'), 'RS256'],
    'private in SEC 1': [pem(ecPair.privateKey, 'sec1'), 'ES256'],
    encrypted: [encrypted, 'ES256'],
    'with a leading newline': [`\n${good}`, 'ES256'],
    'with something behind it': [`${good}${good}`, 'ES256'],
    'with text before it': [`key:\n${good}`, 'ES256'],
    'that calls itself a certificate': [good.replaceAll('PUBLIC KEY', 'CERTIFICATE'), 'ES256'],
    'that calls a private key public': [
      pem(ecPair.privateKey, 'pkcs8').replaceAll('PRIVATE', 'PUBLIC'),
      'ES256',
    ],
    'with broken base64': [good.replace(/\n(.)/, '\n=$1'), 'ES256'],
    'of another curve': [pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, 'spki'), 'ES256'],
    'of another type': [pem(rsaPair.publicKey, 'spki'), 'ES256'],
    'of weak RSA': [pem(small, 'spki'), 'RS256'],
    'of RSA for PSS only': [pem(pss, 'spki'), 'PS256'],
    'that is too long': [good.replace('\n', `\n${'A'.repeat(20_000)}\n`), 'ES256'],
    empty: ['', 'ES256'],
    'that is the text of a JWK': [JSON.stringify(ec), 'ES256'],
  };
  for (const [name, [text, algorithm]] of Object.entries(refused)) {
    test(`is refused ${name}`, () => {
      const error = errorOf(() => parseKey(text, { algorithm }));
      assert.equal(error.code, 'ERR_KEY_REFUSED');
      for (const line of text.split('\n').filter((one) => one.length > 40))
        assert.ok(!error.message.includes(line));
    });
  }

  test('is never taken where a JWK is expected (CVE-2022-23541)', () => {
    const token = signJws('x', parseKey(pem(ecPair.privateKey, 'pkcs8'), { algorithm: 'ES256' }));
    for (const key of [good, [good], { keys: [good] }, Buffer.from(good), ecPair.publicKey]) {
      const error = errorOf(() => verifyJws(token, key as Jwk, { algorithms: ['ES256', 'HS256'] }));
      assert.equal(error.code, 'ERR_KEY_REFUSED');
    }
  });
});

describe('a secret that is long enough is refused', () => {
  const guessable = {
    'of one byte': Buffer.alloc(32, 7),
    'that counts': Buffer.from(Array.from({ length: 32 }, (_, index) => index)),
    'of a word again and again': Buffer.from('secretsecretsecretsecretsecretsecret'),
  };
  for (const [what, secret] of Object.entries(guessable)) {
    test(what, () => {
      const jwk = { kty: 'oct', alg: 'HS256', k: secret.toString('base64url') };
      assert.throws(() => parseKey(jwk), { code: 'ERR_KEY_REFUSED', message: /guessable/ });
    });
  }
});
