import assert from 'node:assert/strict';
import { createHmac, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { parseKey, verifyJws, type Jwk } from '../../src/facade/jws.ts';
import { createVerifier } from '../../src/facade/verifier.ts';
import { codeOf } from '../facade/support/errors.ts';
import { encoded } from '../facade/support/tokens.ts';
import { ATTACKED_ALGORITHMS, createKey } from './support/keys.ts';
import { AUDIENCE, codeOrUndefined, compact, createTarget, ISSUER, refusedByBoth } from './support/target.ts';

const targets = ATTACKED_ALGORITHMS.map((algorithm) => createTarget(algorithm));

/** Any key as bytes that a careless verifier might take for an HMAC secret. */
function spellings(key: KeyObject): readonly (readonly [string, string | Buffer])[] {
  const pem = key.export({ format: 'pem', type: 'spki' }).toString();
  const isRsa = key.asymmetricKeyType === 'rsa';
  return [
    ['PEM', pem],
    ['PEM without its last line end', pem.trimEnd()],
    ['PEM behind a line end', `\n${pem}`],
    ['PEM with CRLF', pem.replaceAll('\n', '\r\n')],
    ['SPKI in DER', key.export({ format: 'der', type: 'spki' })],
    ...(isRsa
      ? ([
          ['PKCS#1 in PEM', key.export({ format: 'pem', type: 'pkcs1' }).toString()],
          ['PKCS#1 in DER', key.export({ format: 'der', type: 'pkcs1' })],
        ] as const)
      : []),
  ];
}

test('1. alg none, in any casing, with a signature, with an empty one and without, is refused', () => {
  for (const target of targets) {
    for (const alg of ['none', 'None', 'NONE', 'nOnE', 'none ', '', null]) {
      const input = `${encoded({ ...target.header, alg })}.${encoded(target.claims)}`;
      for (const unsigned of [input, `${input}.`, `${input}..`]) {
        refusedByBoth(target, unsigned, 'ERR_TOKEN_MALFORMED');
      }
      const [, , signature = ''] = target.token.split('.');
      for (const text of ['AA', signature, target.key.sign(input)]) {
        refusedByBoth(target, `${input}.${text}`, 'ERR_TOKEN_ALGORITHM', String(alg));
      }
    }
  }
});

test('1. alg none is not the default where a header or a configuration has no alg', () => {
  for (const target of targets) {
    const { alg: _, ...headless } = target.header;
    refusedByBoth(target, target.signed(headless), 'ERR_TOKEN_ALGORITHM');
    const { jwk } = target.key;
    for (const algorithms of [[], ['none'], [''], undefined]) {
      const options = { algorithms } as unknown as Parameters<typeof verifyJws>[2];
      assert.equal(
        codeOf(() => verifyJws(target.token, jwk, options)),
        'ERR_OPTION',
      );
    }
    assert.equal(
      codeOf(() => parseKey({ ...jwk, alg: 'none' })),
      'ERR_KEY_REFUSED',
    );
  }
});

test('2. an empty, truncated, longer or foreign signature is refused, for every algorithm', () => {
  for (const target of targets) {
    const end = target.token.lastIndexOf('.');
    const input = target.token.slice(0, end);
    const signature = target.token.slice(end + 1);
    refusedByBoth(target, input, 'ERR_TOKEN_MALFORMED');
    refusedByBoth(target, `${input}.`, 'ERR_TOKEN_MALFORMED');
    for (let length = 1; length < signature.length; length += 1) {
      refusedByBoth(target, `${input}.${signature.slice(0, length)}`, 'ERR_TOKEN_SIGNATURE', `${length}`);
    }
    const bytes = target.key.signatureBytes(input);
    const forged = [
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), bytes]),
      Buffer.concat([bytes, bytes]),
      bytes.subarray(1),
      Buffer.alloc(bytes.length),
      Buffer.alloc(bytes.length, 0xff),
      target.key.signatureBytes(`${input}x`),
    ];
    for (const other of forged) {
      refusedByBoth(target, `${input}.${other.toString('base64url')}`, 'ERR_TOKEN_SIGNATURE');
    }
  }
});

test('3. an unknown algorithm fails closed, however it is signed', () => {
  const names = ['HS999', 'hs256', 'Hs256', 'HS1', 'ES256K', 'PS1024', 'RS1', 'A256GCM', 'dir', 'HS256\0'];
  const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  for (const target of targets) {
    for (const alg of [...names, ...inherited, 0, true, [target.key.algorithm], { alg: 'HS256' }]) {
      const input = `${encoded({ ...target.header, alg })}.${encoded(target.claims)}`;
      const unkeyed = createHmac('sha256', '').update(input).digest('base64url');
      for (const signature of [target.key.sign(input), unkeyed]) {
        refusedByBoth(target, `${input}.${signature}`, 'ERR_TOKEN_ALGORITHM', JSON.stringify(alg));
      }
    }
    for (const name of [...names, ...inherited]) {
      const options = { algorithms: [name] } as unknown as Parameters<typeof verifyJws>[2];
      assert.equal(
        codeOf(() => verifyJws(target.token, target.key.jwk, options)),
        'ERR_OPTION',
      );
    }
  }
});

test('4. an RSA, EC or Ed25519 public key as an HMAC secret is refused, also where HS256 is allowed', () => {
  for (const target of targets.filter(({ key }) => key.algorithm !== 'HS256')) {
    const { key, header, claims } = target;
    for (const [what, secret] of [...spellings(key.verifying), ['JWK', JSON.stringify(key.jwk)] as const]) {
      const forged = (alg: string): string => {
        const input = `${encoded({ ...header, alg })}.${encoded(claims)}`;
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      };
      refusedByBoth(target, forged('HS256'), 'ERR_TOKEN_ALGORITHM', what);
      refusedByBoth(target, forged(key.algorithm), 'ERR_TOKEN_SIGNATURE', what);
      const algorithms = ['HS256', key.algorithm] as unknown as Parameters<typeof verifyJws>[2]['algorithms'];
      assert.equal(
        codeOrUndefined(() => verifyJws(forged('HS256'), key.jwk, { algorithms })),
        'ERR_TOKEN_ALGORITHM',
        `allowed: ${what}`,
      );
    }
  }
});

test('4. a set in which secrets and public keys mix is refused', () => {
  const { jwk } = createKey('HS256', 'other');
  for (const { key } of targets.filter((one) => one.key.algorithm !== 'HS256')) {
    for (const keys of [[jwk, key.jwk], { keys: [key.jwk, jwk] }]) {
      assert.equal(
        codeOf(() => createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys })),
        'ERR_KEY_REFUSED',
      );
      assert.equal(
        codeOf(() => verifyJws('a.b.c', keys, { algorithms: ['HS256', 'RS256'] })),
        'ERR_KEY_REFUSED',
      );
    }
  }
});

test('5. a public key as a text or bytes is never sniffed: PEM, PKCS#1, a leading line end, DER, a Buffer', () => {
  for (const { key } of targets.filter((one) => one.key.algorithm !== 'HS256')) {
    for (const [what, text] of spellings(key.verifying)) {
      for (const given of [text, Buffer.from(text), Uint8Array.from(Buffer.from(text)), key.verifying]) {
        const keys = given as unknown as Jwk;
        assert.equal(
          codeOf(() => createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys })),
          'ERR_KEY_REFUSED',
          what,
        );
        assert.equal(
          codeOf(() => verifyJws('a.b.c', keys, { algorithms: ['HS256'] })),
          'ERR_KEY_REFUSED',
          what,
        );
      }
      const k = Buffer.from(text).toString('base64url');
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        assert.equal(
          codeOf(() => parseKey({ kty: 'oct', alg, k })),
          'ERR_KEY_REFUSED',
          `as a secret: ${what}`,
        );
      }
      if (typeof text !== 'string') continue;
      assert.equal(
        codeOf(() => parseKey(text)),
        'ERR_OPTION',
      );
      assert.equal(
        codeOf(() => parseKey(text, { algorithm: 'HS256' })),
        'ERR_KEY_REFUSED',
      );
    }
  }
});

test('6. a JWK without alg does not let the header choose', () => {
  const rsa = targets.find(({ key }) => key.algorithm === 'RS256');
  const hmac = targets.find(({ key }) => key.algorithm === 'HS256');
  assert.ok(rsa !== undefined && hmac !== undefined);
  for (const { key, token } of [rsa, hmac]) {
    const { alg: _, ...jwk } = key.jwk;
    assert.equal(
      codeOf(() => createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: [jwk] })),
      'ERR_KEY_REFUSED',
    );
    assert.equal(
      codeOf(() => parseKey(jwk)),
      'ERR_KEY_REFUSED',
    );
    assert.equal(
      codeOf(() => verifyJws(token, jwk, { algorithms: ['RS256', 'PS256', 'HS256', 'HS512'] })),
      'ERR_KEY_REFUSED',
    );
  }
  const { alg: _, ...jwk } = rsa.key.jwk;
  assert.ok(verifyJws(rsa.token, jwk, { algorithms: ['RS256'] }), 'the configuration chooses');
  const asPss = compact(
    { sign: createKey('PS256').sign },
    encoded({ ...rsa.header, alg: 'PS256' }),
    encoded(rsa.claims),
  );
  assert.equal(
    codeOf(() => verifyJws(asPss, jwk, { algorithms: ['RS256'] })),
    'ERR_TOKEN_ALGORITHM',
  );
  assert.equal(
    codeOf(() => verifyJws(rsa.token, jwk, { algorithms: ['PS256'] })),
    'ERR_TOKEN_ALGORITHM',
  );
});
