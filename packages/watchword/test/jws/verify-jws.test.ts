import assert from 'node:assert/strict';
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { parseKey, signJws, verifyJws, type Jwk, type VerificationKeys } from '../../src/facade/jws.ts';
import { codeOf, encoded, errorOf, freshJwk, publicHalf, USABLE_ALGORITHMS } from './support.ts';

const secret = freshJwk('HS256', 'secret');
const rsa = freshJwk('RS256', 'rsa');
const ec = freshJwk('ES256', 'ec');
const ed = freshJwk('EdDSA', 'ed');
const every = { algorithms: USABLE_ALGORITHMS };

/** Signs with HS256 whatever header is given, so that a refusal is for that header alone. */
function forge(header: unknown, payload = 'e30'): string {
  const input = `${encoded(header)}.${payload}`;
  const k = Buffer.from(String(secret['k']), 'base64url');
  return `${input}.${createHmac('sha256', k).update(input).digest('base64url')}`;
}

const code = (token: unknown, keys: unknown = secret, options: unknown = every): string =>
  codeOf(() => verifyJws(token as string, keys as VerificationKeys, options as typeof every));

for (const algorithm of USABLE_ALGORITHMS) {
  const jwk = freshJwk(algorithm, 'k');

  describe(`verifyJws and signJws with ${algorithm}`, () => {
    const payload = Uint8Array.of(0, 255, 128, 10);
    const token = signJws(payload, jwk, { header: { typ: 'bytes', cty: 'x' } });

    test('give back header and bytes, whether the key is a JWK or was checked before', () => {
      for (const key of [jwk, publicHalf(jwk), parseKey(jwk), [jwk], { keys: [parseKey(jwk)] }]) {
        const verified = verifyJws(token, key, { algorithms: [algorithm] });
        assert.deepEqual(verified.header, { alg: algorithm, kid: 'k', typ: 'bytes', cty: 'x' });
        assert.deepEqual(verified.payload, payload);
        assert.equal(verified.payload.buffer.byteLength, payload.length, 'its memory is its own');
      }
    });

    test('refuse the signature empty, cut short, made longer, or of another key', () => {
      const key = parseKey(jwk);
      const [header, body, signature = ''] = token.split('.');
      const input = `${header}.${body}`;
      for (const cut of [1, 2, 4, signature.length - 4, signature.length - 1]) {
        assert.equal(code(`${input}.${signature.slice(0, cut)}`, key), 'ERR_TOKEN_SIGNATURE');
      }
      assert.equal(code(`${input}.`, key), 'ERR_TOKEN_MALFORMED');
      for (const more of ['A', 'AAAA', '=', '\n'])
        assert.equal(code(token + more, key), 'ERR_TOKEN_SIGNATURE');
      assert.equal(code(token, freshJwk(algorithm, 'k')), 'ERR_TOKEN_SIGNATURE');
      assert.equal(code(`${header}.${body}AA.${signature}`, key), 'ERR_TOKEN_SIGNATURE');
    });
  });
}

describe('the algorithm is that of the key (RFC 8725 §3.1)', () => {
  for (const alg of [
    'none',
    'None',
    'NONE',
    '',
    'hs256',
    'HS256 ',
    'constructor',
    '__proto__',
    null,
    1,
    ['HS256'],
  ]) {
    test(`alg ${JSON.stringify(alg)}`, () =>
      assert.equal(code(forge({ alg, kid: 'secret' })), 'ERR_TOKEN_ALGORITHM'));
  }
  test('alg missing', () => assert.equal(code(forge({ kid: 'secret' })), 'ERR_TOKEN_ALGORITHM'));
  test('alg of another hash', () =>
    assert.equal(code(forge({ alg: 'HS512', kid: 'secret' })), 'ERR_TOKEN_ALGORITHM'));
  test('alg that is not accepted here', () => {
    assert.equal(code(forge({ alg: 'HS256' }), secret, { algorithms: ['RS256'] }), 'ERR_TOKEN_ALGORITHM');
  });

  test('PS256 and RS256 of one RSA key are not each other', () => {
    const token = signJws('x', rsa);
    const pss = { ...publicHalf(rsa), alg: 'PS256' };
    assert.equal(code(token, pss), 'ERR_TOKEN_ALGORITHM');
    const [, payload, signature] = token.split('.');
    const renamed = `${encoded({ alg: 'PS256', kid: 'rsa' })}.${payload}.${signature}`;
    assert.equal(code(renamed, pss), 'ERR_TOKEN_SIGNATURE');
  });

  test('a public key is no HMAC secret (CVE-2015-9235), whatever form it was used in', () => {
    const key = createPublicKey({ key: publicHalf(rsa) as JsonWebKey, format: 'jwk' });
    const pem = key.export({ format: 'pem', type: 'spki' });
    for (const form of [
      pem,
      pem.toString().trim(),
      `\n${pem.toString()}`,
      key.export({ format: 'der', type: 'spki' }),
    ]) {
      const input = `${encoded({ alg: 'HS256', kid: 'rsa' })}.e30`;
      const token = `${input}.${createHmac('sha256', form).update(input).digest('base64url')}`;
      assert.equal(code(token, publicHalf(rsa)), 'ERR_TOKEN_ALGORITHM');
      // A JWK without an alg does not let the header choose (CVE-2026-22817).
      const { alg: _, ...open } = publicHalf(rsa);
      assert.equal(code(token, open, { algorithms: ['HS256', 'RS256'] }), 'ERR_TOKEN_ALGORITHM');
      assert.equal(code(token, open, { algorithms: ['HS256'] }), 'ERR_KEY_REFUSED');
    }
  });

  test('Ed25519 is EdDSA by its name of RFC 9864', () => {
    const named = { ...ed, alg: 'Ed25519' };
    assert.equal(parseKey(named).algorithm, 'EdDSA');
    const token = signJws('x', named);
    assert.equal(verifyJws(token, ed, { algorithms: ['Ed25519'] }).header['alg'], 'EdDSA');
    const input = `${encoded({ alg: 'Ed25519', kid: 'ed' })}.eA`;
    assert.equal(code(`${input}.${token.split('.')[2]}`, ed), 'ERR_TOKEN_SIGNATURE');
    assert.equal(code(`${encoded({ alg: 'Ed448', kid: 'ed' })}.eA.AA`, ed), 'ERR_TOKEN_ALGORITHM');
  });
});

describe('a token is malformed', () => {
  const token = signJws('x', secret);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const malformed: Readonly<Record<string, unknown>> = {
    'that is no text': 42,
    'that is nothing': undefined,
    'that is JSON serialisation': JSON.stringify({ protected: header, payload, signature }),
    'that is flattened JSON as an object': { protected: header, payload, signature },
    'that is a JWE': `${token}.AA.AA`,
    'that is detached': `${header}..${signature}`,
    'with two parts': `${header}.${payload}`,
    'with white space before it': ` ${token}`,
    'with padding in its header': `${header}=.${payload}.${signature}`,
    'with a line break in its header': `${header}\n.${payload}.${signature}`,
    'of over 8192 characters': `${header}.${'A'.repeat(8192)}.${signature}`,
    'whose payload is padded': forge({ alg: 'HS256' }, 'e30='),
    'whose payload has spare bits': forge({ alg: 'HS256' }, 'e31'),
    'whose payload is no base64url': forge({ alg: 'HS256' }, 'a b'),
    'whose header repeats a member': forge('{"alg":"none","alg":"HS256"}'),
    'whose header has __proto__': forge('{"alg":"HS256","__proto__":{"x":1}}'),
    'whose header is an array': forge('["HS256"]'),
    'whose header is nested too deep': forge(`{"alg":"HS256","x":${'['.repeat(9)}${']'.repeat(9)}}`),
    'with critical extensions (CVE-2025-59420)': forge({ alg: 'HS256', crit: ['exp'], exp: 1 }),
    'with crit, empty': forge({ alg: 'HS256', crit: [] }),
    'with crit, null': forge({ alg: 'HS256', crit: null }),
    'with b64 true': forge({ alg: 'HS256', b64: true }),
    'with b64 false (RFC 7797)': forge({ alg: 'HS256', b64: false, crit: ['b64'] }),
  };
  for (const [name, one] of Object.entries(malformed)) {
    test(name, () => assert.equal(code(one), 'ERR_TOKEN_MALFORMED'));
  }
});

test('keys and addresses of keys in the header are ignored (CVE-2018-0114)', () => {
  const attacker = freshJwk('ES256', 'ec');
  const input = (header: object): string => `${encoded({ alg: 'ES256', kid: 'ec', ...header })}.e30`;
  const parsed = parseKey(attacker);
  for (const header of [
    { jwk: publicHalf(attacker) },
    { x5c: ['AA'] },
    { jku: 'https://a.example' },
    { x5u: 'x' },
  ]) {
    const [, , signature] = signJws('{}', parsed).split('.');
    assert.equal(code(`${input(header)}.${signature}`, publicHalf(ec)), 'ERR_TOKEN_SIGNATURE');
  }
  assert.equal(code(forge({ alg: 'HS256', jku: 'https://a.example', jwk: {} })), 'nothing');
});

describe('kid finds the key', () => {
  const keys = [publicHalf(rsa), publicHalf(ec), publicHalf(ed)];
  const { kid: _, ...nameless } = ec;

  test('of a set, in a map', () => {
    for (const key of [rsa, ec, ed]) assert.equal(code(signJws('x', key), { keys }), 'nothing');
  });

  for (const kid of [
    'other',
    '',
    '../ec',
    '__proto__',
    'constructor',
    'k'.repeat(257),
    1,
    null,
    ['ec'],
    {},
  ]) {
    test(`or there is none: ${JSON.stringify(kid).slice(0, 20)}`, () => {
      assert.equal(code(`${encoded({ alg: 'ES256', kid })}.e30.AA`, keys), 'ERR_TOKEN_KEY_UNKNOWN');
    });
  }

  test('also where there is but one key', () => {
    assert.equal(code(signJws('x', { ...ec, kid: 'other' }), ec), 'ERR_TOKEN_KEY_UNKNOWN');
  });

  test('a key of another algorithm is not taken', () => {
    assert.equal(code(`${encoded({ alg: 'ES256', kid: 'rsa' })}.e30.AA`, keys), 'ERR_TOKEN_ALGORITHM');
  });

  test('without one, exactly one key may have the algorithm', () => {
    const token = signJws('x', nameless);
    assert.equal(code(token, keys), 'nothing');
    assert.equal(code(token, [...keys, freshJwk('ES256', 'ec2')]), 'ERR_TOKEN_KEY_UNKNOWN');
    assert.equal(code(token, [publicHalf(rsa), publicHalf(ed)]), 'ERR_TOKEN_ALGORITHM');
  });

  test('a key without one is taken for any, if it is the only one of its algorithm', () => {
    assert.equal(code(signJws('x', ec), nameless), 'nothing');
    assert.equal(
      code(signJws('x', ec), [nameless, { ...nameless, ...freshJwk('ES256') }]),
      'ERR_TOKEN_KEY_UNKNOWN',
    );
  });
});

describe('a set of keys is refused', () => {
  const token = signJws('x', secret);
  const sets: Readonly<Record<string, unknown>> = {
    'that is empty': [],
    'whose keys are empty': { keys: [] },
    'whose keys are no array': { keys: { 0: secret } },
    'of 101 keys': Array.from({ length: 101 }, (_, at) => ({ ...secret, kid: String(at) })),
    'in which a kid repeats': [secret, { ...freshJwk('HS256'), kid: 'secret' }],
    'that mixes secrets and public keys': [secret, publicHalf(ec)],
    'that mixes them, checked before': [parseKey(secret), parseKey(publicHalf(ec))],
    'with one key that is weak': [publicHalf(ec), { kty: 'RSA', alg: 'RS256', n: 'AQAB', e: 'AQAB' }],
    'with one key for encryption': [secret, { ...freshJwk('HS256'), use: 'enc' }],
    'with one key of an unknown type': [secret, { kty: 'XYZ' }],
    'with a text in it': [secret, 'secret'],
    'with a hole': [secret, undefined],
    'that is a text': String(secret['k']),
    'that pretends to be a checked key': { algorithm: 'HS256', kid: 'secret' },
  };
  for (const [name, keys] of Object.entries(sets)) {
    test(name, () => assert.equal(code(token, keys), 'ERR_KEY_REFUSED'));
  }
  test('but not of 100', () => {
    const keys = Array.from({ length: 99 }, (_, at) => ({ ...freshJwk('HS256'), kid: String(at) }));
    assert.equal(code(token, [...keys, secret]), 'nothing');
  });
});

describe('options', () => {
  const token = signJws('x', secret);
  for (const options of [
    undefined,
    {},
    { algorithms: [] },
    { algorithms: 'HS256' },
    { algorithms: ['none'] },
  ]) {
    test(`of verifyJws: ${JSON.stringify(options)}`, () =>
      assert.equal(
        codeOf(() => verifyJws(token, secret, options as never)),
        'ERR_OPTION',
      ));
  }
  test('that are misspelt', () => {
    assert.equal(code(token, secret, { algorithms: ['HS256'], algs: [] }), 'ERR_OPTION');
    assert.equal(
      codeOf(() => signJws('x', secret, { headers: {} } as never)),
      'ERR_OPTION',
    );
    assert.equal(
      codeOf(() => parseKey(secret, { alg: 'HS256' } as never)),
      'ERR_OPTION',
    );
    assert.equal(
      codeOf(() => parseKey(secret, { kid: 'k' })),
      'ERR_OPTION',
    );
  });

  const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });
  const cycle: Record<string, unknown> = {};
  cycle['a'] = cycle;
  const headers: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(
      ['alg', 'kid', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c'].map((name) => [name, { [name]: 'x' }]),
    ),
    'a header that writes itself': { toJSON: () => ({ alg: 'none' }) },
    'a header nested too deep': nested(9),
    'a header without an end': cycle,
    'a BigInt': { x: 1n },
    'member __proto__': JSON.parse('{"__proto__":{"alg":"none"}}') as unknown,
  };
  for (const [name, header] of Object.entries(headers)) {
    test(`signJws takes no ${name} in its header`, () => {
      assert.equal(
        codeOf(() => signJws('x', secret, { header } as never)),
        'ERR_OPTION',
      );
    });
  }

  for (const payload of ['', new Uint8Array(0), undefined, null, {}, [1], '\ud800', 'x'.repeat(8000)]) {
    test(`signJws takes no ${JSON.stringify(payload)?.slice(0, 20)} as its payload`, () => {
      assert.equal(
        codeOf(() => signJws(payload as string, secret)),
        'ERR_OPTION',
      );
    });
  }
});

test('a checked key shows its algorithm and its kid, and nothing else', () => {
  const key = parseKey(secret);
  assert.deepEqual({ ...key }, { algorithm: 'HS256', kid: 'secret' });
  assert.ok(!JSON.stringify(key).includes(String(secret['k'])));
  assert.throws(() => Object.assign(key, { algorithm: 'RS256' }), TypeError);
  assert.match(
    errorOf(() => parseKey(JSON.stringify(secret), { algorithm: 'HS256' })).message,
    /PEM holds no secret/,
  );
  assert.equal(errorOf(() => verifyJws('a.b.c', key as Jwk, every)).code, 'ERR_TOKEN_MALFORMED');
});
