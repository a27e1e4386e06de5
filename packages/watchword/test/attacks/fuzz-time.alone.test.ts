import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseKey, type Jwk } from '../../src/facade/jws.ts';
import { createKey } from './support/keys.ts';
import { codeOrUndefined, compact, createTarget, judgeClaims, judgeForm } from './support/target.ts';

/*
 * Four times the input may take four times as long, and not sixteen times. Within the 8192 characters of a token one judgement takes
 * so little that many are measured at once; beyond them the length must not matter at all.
 */

const target = createTarget('HS256', { tokenCacheSize: 0 });
const { key, header, claims } = target;
const members = JSON.stringify(claims).slice(1, -1);
const headerMembers = JSON.stringify(header).slice(1, -1);
const base64url = (plain: string): string => Buffer.from(plain).toString('base64url');
const signed = (first: string, second: string): string => compact(key, base64url(first), base64url(second));

/** Texts of some `size` characters that a parser could look at again and again. */
const fillings: Readonly<Record<string, (size: number) => string>> = {
  'one long text': (size) => `"x":"${'a'.repeat(size)}"`,
  backslashes: (size) => `"x":"${'\\\\'.repeat(size / 2)}"`,
  'quotes in a text': (size) => `"x":"${'\\"'.repeat(size / 2)}"`,
  colons: (size) => `"x":"${'\\":'.repeat(size / 3)}"`,
  'many members': (size) => Array.from({ length: size / 10 }, (_, n) => `"m${n}":1`).join(),
  'many escaped members': (size) => Array.from({ length: size / 14 }, (_, n) => `"\\u0061${n}":1`).join(),
  'the same member': (size) => Array.from({ length: size / 6 }, () => '"x":1').join(),
  'white space': (size) => `"x"${' '.repeat(size)}:1`,
  'texts and white space': (size) => `"x":[${'"a"   ,'.repeat(size / 8)}1]`,
  'many arrays': (size) => `"x":[${'[],'.repeat(size / 3)}1]`,
  depth: (size) => `"x":${'['.repeat(size / 2)}${']'.repeat(size / 2)}`,
  digits: (size) => `"x":${'9'.repeat(size)}`,
  'a long kid': (size) => `"x":1,"nonce":"${'-'.repeat(size)}"`,
  'many audiences': (size) => `"audience":[${'"a",'.repeat(size / 4)}"a"]`,
  'many scopes': (size) => `"scopes":"${'a '.repeat(size / 2)}"`,
};

const SMALL = 1250;

describe('the time for a token grows with its length and not with its square', () => {
  for (const [name, fill] of Object.entries(fillings)) {
    test(`in the payload: ${name}`, () => {
      grows((size) => signed(`{${headerMembers}}`, `{${members},${fill(size)}}`), judge);
    });
    test(`in the header: ${name}`, () => {
      grows((size) => signed(`{${headerMembers},${fill(size)}}`, `{${members}}`), judge);
    });
  }

  const forms: Readonly<Record<string, (size: number) => string>> = {
    dots: (size) => '.'.repeat(size),
    'a long signature': (size) => `${target.token}${'A'.repeat(size)}`,
    'a long header': (size) => `${'A'.repeat(size)}.AA.AA`,
    'characters of no alphabet': (size) => `${'!'.repeat(size)}.${'='.repeat(size / 2)}.AA`,
    'characters beyond Latin-1': (size) => `${'Ł'.repeat(size)}.${'\ud800'.repeat(size / 2)}.AA`,
  };
  for (const [name, make] of Object.entries(forms)) test(`in its form: ${name}`, () => grows(make, judge));
});

describe('beyond 8192 characters the length of a token does not matter', () => {
  for (const character of ['A', '.', '=', 'Ł', '{', ' ']) {
    test(`of ${JSON.stringify(character)}`, () => {
      const long = character.repeat(16_000_000);
      const begunMs = performance.now();
      for (let round = 0; round < 1000; round += 1) judge(long);
      const tookMs = performance.now() - begunMs;
      assert.ok(tookMs < 1000, `a thousand took ${tookMs} ms`);
    });
  }
});

describe('the time for a key grows with its length and not with its square', () => {
  const parse = (key: unknown): void => {
    codeOrUndefined(() => parseKey(key as Jwk, typeof key === 'string' ? { algorithm: 'ES256' } : {}));
  };
  const rsa = createKey('RS256').jwk;
  const ec = createKey('ES256').privateJwk;
  const keys: Readonly<Record<string, (size: number) => unknown>> = {
    'a long modulus': (size) => ({ ...rsa, n: 'z'.repeat(size) }),
    'a long exponent': (size) => ({ ...rsa, e: 'z'.repeat(size) }),
    'a long coordinate': (size) => ({ ...ec, x: 'A'.repeat(size) }),
    'a long secret': (size) => ({ kty: 'oct', alg: 'HS256', k: 'z'.repeat(size) }),
    'a secret that begins like PEM': (size) => ({
      kty: 'oct',
      alg: 'HS256',
      k: base64url(`-----BEGIN PUBLIC KEY-----\n${'-----BEGIN '.repeat(size / 15)}`),
    }),
    'a secret that begins like DER': (size) => ({
      kty: 'oct',
      alg: 'HS256',
      k: Buffer.concat([Buffer.from('3084', 'hex'), Buffer.alloc(size / 2, 0x30)]).toString('base64url'),
    }),
    'many operations': (size) => ({ ...ec, key_ops: Array.from({ length: size / 8 }, (_, n) => `op${n}`) }),
    'a long kid': (size) => ({ ...ec, kid: 'k'.repeat(size) }),
    'PEM of line ends': (size) => `-----BEGIN PUBLIC KEY-----\n${'\n'.repeat(size)}`,
    'PEM of letters': (size) => `-----BEGIN PUBLIC KEY-----\n${'A'.repeat(size)}`,
    'white space behind PEM': (size) =>
      `-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----${' '.repeat(size)}x`,
    'PEM that begins again and again': (size) => '-----BEGIN PUBLIC KEY-----\n'.repeat(size / 27),
  };
  for (const [name, make] of Object.entries(keys)) {
    test(name, () => {
      grows(make, parse, 3500);
      const begunMs = performance.now();
      parse(make(2_000_000));
      const tookMs = performance.now() - begunMs;
      assert.ok(tookMs < 2000, `two million characters took ${tookMs} ms`);
    });
  }
});

function judge(token: string): void {
  judgeForm(key, token);
  judgeClaims(target, token);
}

/** Compares the fastest of several runs for inputs of a size and of four times that. */
function grows<Input>(make: (size: number) => Input, run: (input: Input) => void, small = SMALL): void {
  const [one, four] = [make(small), make(4 * small)];
  const fastest = { one: Infinity, four: Infinity };
  for (let round = 0; round < 6; round += 1) {
    fastest.one = Math.min(fastest.one, timed(one, run));
    fastest.four = Math.min(fastest.four, timed(four, run));
  }
  assert.ok(
    fastest.four < 9 * fastest.one + 10,
    `four times the length took ${fastest.four} ms, a quarter of it ${fastest.one} ms`,
  );
}

const REPEATED = 20;

function timed<Input>(input: Input, run: (input: Input) => void): number {
  const begunMs = performance.now();
  for (let time = 0; time < REPEATED; time += 1) run(input);
  return performance.now() - begunMs;
}
