import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { parseKey, verifyJws, type Jwk } from '../../src/facade/jws.ts';
import { createVerifier } from '../../src/facade/verifier.ts';
import { codeOf, rejection, thrown } from '../facade/support/errors.ts';
import { createInstallation } from '../facade/support/installation.ts';
import { encoded } from '../facade/support/tokens.ts';
import { createKey } from './support/keys.ts';
import { AUDIENCE, codeOrUndefined, createTarget, ISSUER, refusedByBoth } from './support/target.ts';

function refusedAtStart(jwk: unknown, what: string): void {
  const keys = [jwk] as readonly Jwk[];
  assert.equal(
    codeOrUndefined(() => parseKey(jwk as Jwk)),
    'ERR_KEY_REFUSED',
    what,
  );
  assert.equal(
    codeOrUndefined(() => createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys })),
    'ERR_KEY_REFUSED',
    what,
  );
  assert.equal(
    codeOrUndefined(() =>
      verifyJws('a.b.c', keys, { algorithms: ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] }),
    ),
    'ERR_KEY_REFUSED',
    what,
  );
}

const base64url = (bytes: string | Uint8Array): string =>
  Buffer.from(bytes as Uint8Array).toString('base64url');
const ofNumber = (value: bigint): string => {
  const hex = value.toString(16);
  return base64url(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
};

test('10. an HMAC secret that is empty or shorter than its hash is refused before anything is verified', () => {
  for (const [alg, least] of [
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const) {
    for (const length of [0, 1, 8, 16, least - 1]) {
      refusedAtStart(
        { kty: 'oct', alg, kid: 'k1', k: base64url(Buffer.alloc(length, 7)) },
        `${alg} ${length}`,
      );
    }
    for (const word of ['', 'secret', 'password', 'changeme', 'your-256-bit-secret']) {
      refusedAtStart({ kty: 'oct', alg, kid: 'k1', k: base64url(word) }, word);
    }
    refusedAtStart({ kty: 'oct', alg, kid: 'k1' }, 'none');
  }
});

test('10. a secret of an installation that is short, a word, repeated, a sequence or readable text is refused at start-up', async (t) => {
  const secrets = [
    '',
    'secret',
    'your-256-bit-secret',
    'secretsecretsecretsecretsecretsecretsecretsecret',
    '0'.repeat(64),
    '0123456789abcdef'.repeat(4),
    'deadbeef'.repeat(8),
    Buffer.from('this is my very long secret key!').toString('hex'),
    Buffer.from('this is my very long secret key!').toString('base64url'),
    Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0')).join(''),
  ];
  for (const secret of secrets) assert.equal(await startWith(t, secret), 'ERR_CONFIG', secret);
});

async function startWith(t: TestContext, secret: string): Promise<string> {
  const { code } = await rejection(createInstallation(t).open({ secret }));
  return code;
}

const jwkOf = (key: KeyObject, alg: string): Jwk => ({
  ...(key.export({ format: 'jwk' }) as Jwk),
  alg,
  kid: 'k1',
});
const rsaJwk = (modulusLength: number, publicExponent = 65_537): Jwk =>
  jwkOf(generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey, 'RS256');

test('11. an RSA key below 2048 bits is refused', () => {
  for (const bits of [512, 1024, 2040]) refusedAtStart(rsaJwk(bits), `${bits} bits`);
});

test('11. an RSA key whose exponent is 1, small or even is refused', () => {
  const { jwk } = createKey('RS256');
  for (const exponent of [0n, 1n, 2n, 3n, 17n, 65_535n, 65_536n, 65_538n, 2n ** 64n + 1n]) {
    for (const alg of ['RS256', 'PS256'])
      refusedAtStart({ ...jwk, alg, e: ofNumber(exponent) }, `e = ${exponent}`);
  }
  refusedAtStart(rsaJwk(2048, 3), 'a real one with e = 3');
});

test('11. under the exponent 1 the padded hash is its own signature: the key is refused, whatever is signed', () => {
  const target = createTarget('RS256');
  const input = `${encoded(target.header)}.${encoded(target.claims)}`;
  const keys = [{ ...target.key.jwk, e: 'AQ' }];
  // RFC 8017 §9.2: EMSA-PKCS1-v1_5 with SHA-256, which raised to the power of 1 is what a verifier looks for.
  const digest = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const tail = Buffer.concat([Buffer.alloc(1), digest, createHash('sha256').update(input).digest()]);
  const head = Buffer.from([0, 1]);
  const padded = Buffer.concat([head, Buffer.alloc(256 - head.length - tail.length, 0xff), tail]);
  const forged = `${input}.${base64url(padded)}`;
  assert.equal(
    codeOf(() => verifyJws(forged, keys, { algorithms: ['RS256'] })),
    'ERR_KEY_REFUSED',
  );
  refusedByBoth(target, forged, 'ERR_TOKEN_SIGNATURE');
});

test('11. an RSA key with the ROCA fingerprint is refused', () => {
  const primes = Array.from({ length: 166 }, (_, index) => index + 2).filter(
    (n) => n > 2 && !Array.from({ length: n - 2 }, (_, index) => index + 2).some((d) => n % d === 0),
  );
  const product = primes.reduce((all, prime) => all * BigInt(prime), 1n);
  assert.equal(primes.at(-1), 167);
  let residue = 1n;
  for (let power = 0; power < 2000; power += 1) residue = (residue * 65_537n) % product;
  // As the chip's moduli: a power of 65537 modulo the product of the small primes; odd, with 2048 bits.
  let modulus = residue + product * (2n ** 2047n / product + 1n);
  if (modulus % 2n === 0n) modulus += product;
  assert.equal(modulus.toString(2).length, 2048);
  const roca = { ...createKey('RS256').jwk, n: ofNumber(modulus) };
  refusedAtStart(roca, 'ROCA');
  assert.match(thrown(() => parseKey(roca)).message, /ROCA/);
  const sound = parseKey({ ...createKey('RS256').jwk });
  assert.equal(sound.algorithm, 'RS256', 'an ordinary one is not');
});

test('11. an RSA modulus with a small factor or a leading zero byte is refused', () => {
  const { jwk } = createKey('RS256');
  refusedAtStart({ ...jwk, n: ofNumber(2n ** 2047n + 2n) }, 'even');
  refusedAtStart({ ...jwk, n: ofNumber(3n ** 1300n) }, 'a power of three');
  refusedAtStart(
    { ...jwk, n: base64url(Buffer.concat([Buffer.alloc(1), Buffer.from(String(jwk.n), 'base64url')])) },
    'zero',
  );
});

test('11. a point off its curve, on another curve, or a curve that is not the algorithm’s is refused', () => {
  const p256 = createKey('ES256').jwk;
  const x = Buffer.from(String(p256.x), 'base64url');
  const off = Buffer.from(x);
  off.writeUInt8(off.readUInt8(31) ^ 1, 31);
  refusedAtStart({ ...p256, x: base64url(off), y: p256.y }, 'off the curve');
  refusedAtStart({ ...p256, x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) }, 'zero');
  refusedAtStart({ ...p256, x: base64url(x.subarray(1)) }, 'too short');
  refusedAtStart({ ...p256, x: base64url(Buffer.concat([Buffer.alloc(1), x])) }, 'too long');
  refusedAtStart({ ...createKey('ES384').jwk, alg: 'ES256' }, 'P-384 for ES256');
  refusedAtStart({ ...createKey('ES384').jwk, crv: 'P-256' }, 'P-384 that says P-256');
  const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  refusedAtStart(jwkOf(k1, 'ES256'), 'secp256k1');
  refusedAtStart(jwkOf(generateKeyPairSync('ed448').publicKey, 'EdDSA'), 'Ed448');
  refusedAtStart(jwkOf(generateKeyPairSync('x25519').publicKey, 'EdDSA'), 'X25519');
});

test('11. an Ed25519 point of small order, under which anything may be signed, is refused', () => {
  const hex = [
    `01${'00'.repeat(31)}`,
    `ecff${'ff'.repeat(29)}7f`,
    '00'.repeat(32),
    `${'00'.repeat(31)}80`,
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    // Spelled in a second way, y + p.
    `ee${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
  ];
  for (const point of hex) {
    refusedAtStart(
      { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: 'k1', x: base64url(Buffer.from(point, 'hex')) },
      point,
    );
  }
});

const N256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

test('12. ECDSA with r = s = 0 and other degenerate values is refused', () => {
  const target = createTarget('ES256');
  const input = target.token.slice(0, target.token.lastIndexOf('.'));
  const bytes = target.key.signatureBytes(input);
  const [r, s] = [bytes.subarray(0, 32), bytes.subarray(32)];
  const number = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
  const [zero, one, order, most] = [number(0n), number(1n), number(N256), number(2n ** 256n - 1n)];
  const pairs: readonly (readonly [Buffer, Buffer])[] = [
    [zero, zero],
    [zero, s],
    [r, zero],
    [zero, one],
    [one, zero],
    [one, one],
    [order, order],
    [order, s],
    [r, order],
    [zero, order],
    [most, most],
    [number(N256 - 1n), number(N256 - 1n)],
    [r, r],
    [s, r],
  ];
  for (const [index, pair] of pairs.entries()) {
    refusedByBoth(
      target,
      `${input}.${base64url(Buffer.concat(pair))}`,
      'ERR_TOKEN_SIGNATURE',
      `pair ${index}`,
    );
  }
  // DER, which OpenSSL itself would take.
  const der = Buffer.concat([Buffer.from('3006020100020100', 'hex'), Buffer.alloc(56)]);
  refusedByBoth(target, `${input}.${base64url(der)}`, 'ERR_TOKEN_SIGNATURE');
});

test('12. the like for Ed25519 and RSA: zeros, ones, s beyond the order, s not below the modulus', () => {
  const ed = createTarget('EdDSA');
  const input = ed.token.slice(0, ed.token.lastIndexOf('.'));
  const bytes = ed.key.signatureBytes(input);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`);
  const beyond = Buffer.from((s + order).toString(16).padStart(64, '0'), 'hex').reverse();
  const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
  for (const forged of [
    Buffer.alloc(64),
    Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)]),
    Buffer.concat([bytes.subarray(0, 32), beyond]),
    Buffer.concat([identity, Buffer.alloc(32)]),
  ]) {
    refusedByBoth(ed, `${input}.${base64url(forged)}`, 'ERR_TOKEN_SIGNATURE');
  }
  for (const algorithm of ['RS256', 'PS256']) {
    const rsa = createTarget(algorithm);
    const text = rsa.token.slice(0, rsa.token.lastIndexOf('.'));
    const modulus = Buffer.from(String(rsa.key.jwk.n), 'base64url');
    const one = Buffer.concat([Buffer.alloc(255), Buffer.from([1])]);
    for (const forged of [Buffer.alloc(256), one, modulus, Buffer.alloc(256, 0xff)]) {
      refusedByBoth(rsa, `${text}.${base64url(forged)}`, 'ERR_TOKEN_SIGNATURE');
    }
  }
});
