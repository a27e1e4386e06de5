import assert from 'node:assert/strict';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { test } from 'node:test';
import type { JsonObject } from '../../src/domain/json.ts';
import { verifyJws } from '../../src/facade/jws.ts';
import { codeOf } from '../facade/support/errors.ts';
import { encoded } from '../facade/support/tokens.ts';
import { ATTACKED_ALGORITHMS } from './support/keys.ts';
import {
  compact,
  createTarget,
  judgeClaims,
  judgeForm,
  refusedByBoth,
  withClaims,
} from './support/target.ts';

const targets = ATTACKED_ALGORITHMS.map((algorithm) => createTarget(algorithm));
const hmac = createTarget('HS256');

test('13. an unknown crit is refused, and so is one that is empty, of another type, or names what is known', () => {
  const headers: readonly JsonObject[] = [
    { crit: ['http://example.invalid/UNDEFINED'], 'http://example.invalid/UNDEFINED': true },
    { crit: ['exp'], exp: 9_999_999_999 },
    { crit: ['exp'] },
    { crit: ['alg'] },
    { crit: ['b64'], b64: true },
    { crit: ['b64'], b64: false },
    { b64: false },
    { crit: [] },
    { crit: null },
    { crit: false },
    { crit: '' },
    { crit: {} },
    { crit: ['cnf', 'cnf'], cnf: {} },
  ];
  for (const target of targets) {
    for (const changes of headers) {
      const token = target.signed({ ...target.header, ...changes });
      refusedByBoth(target, token, 'ERR_TOKEN_MALFORMED', JSON.stringify(changes));
    }
  }
});

test('14. JSON serialisation, general and flattened, and a polyglot of it and compact JWS are refused', () => {
  for (const target of targets) {
    const [header = '', payload = '', signature = ''] = target.token.split('.');
    const forged = encoded(withClaims(target.claims, { sub: 'root' }));
    const texts = [
      JSON.stringify({ protected: header, payload, signature }),
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
      // CVE-2022-39227: one parser sees the members, another the dots.
      `{"  ${header}.${forged}.${signature}  ":"","protected":"${header}","payload":"${payload}","signature":"${signature}"}`,
      `{"protected":"${header}", "payload":"${payload}","signature":"${signature}"} .${forged}.${signature}`,
      `[${JSON.stringify(target.token)}]`,
      JSON.stringify(target.token),
      `Bearer ${target.token}`,
      `${target.token},${target.token}`,
      `${target.token}~`,
    ];
    for (const text of texts) {
      const code = judgeClaims(target, text);
      assert.ok(
        code === 'ERR_TOKEN_MALFORMED' || code === 'ERR_TOKEN_SIGNATURE',
        `${code} ${text.slice(0, 40)}`,
      );
      assert.equal(judgeForm(target.key, text), code);
    }
    const objects: readonly unknown[] = [
      { protected: header, payload, signature },
      [target.token],
      Object(target.token),
      { toString: () => target.token },
      Buffer.from(target.token),
      undefined,
      null,
    ];
    for (const other of objects) refusedByBoth(target, other as string, 'ERR_TOKEN_MALFORMED');
  }
});

test('14. a JWE of five parts, and any other number of parts but three, is refused', () => {
  for (const target of targets) {
    const [header = '', payload = '', signature = ''] = target.token.split('.');
    const jwe = encoded({ alg: 'dir', enc: 'A256GCM', typ: 'at+jwt', kid: 'k1' });
    for (const parts of [
      [jwe, '', 'AAAA', 'AAAA', 'AAAA'],
      [jwe, 'AAAA', 'AAAA', 'AAAA', 'AAAA'],
      [header, payload, signature, '', ''],
      [header, payload, signature, payload, signature],
      [header],
      [header, payload],
      [header, payload, signature, ''],
      ['', header, payload, signature],
      ['', payload, signature],
      [header, '', signature],
      [header, '', payload, signature],
    ]) {
      refusedByBoth(target, parts.join('.'), 'ERR_TOKEN_MALFORMED', `${parts.length} parts`);
    }
  }
});

/** Other spellings of the same bytes; `undefined` where there is none. */
const LAX: Readonly<Record<string, (text: string) => string | undefined>> = {
  padding: (text) => `${text}${'='.repeat((4 - (text.length % 4)) % 4 || 4)}`,
  'one sign of padding': (text) => `${text}=`,
  'a line end behind it': (text) => `${text}\n`,
  'a space before it': (text) => ` ${text}`,
  'a space in it': (text) => `${text.slice(0, 2)} ${text.slice(2)}`,
  'a tab in it': (text) => `${text.slice(0, 2)}\t${text.slice(2)}`,
  'a CRLF in it': (text) => `${text.slice(0, 4)}\r\n${text.slice(4)}`,
  'a NUL behind it': (text) => `${text}\0`,
  'a character of no alphabet': (text) => `${text.slice(0, 3)}!${text.slice(3)}`,
  'a twin of its first character': (text) => String.fromCharCode(text.charCodeAt(0) + 0x100) + text.slice(1),
  'a full-width first character': (text) => String.fromCharCode(text.charCodeAt(0) + 0xfee0) + text.slice(1),
  'plain base64': (text) => {
    const plain = text.replaceAll('-', '+').replaceAll('_', '/');
    return plain === text ? undefined : plain;
  },
  'trailing bits': (text) => withSpareBit(text),
  'a character too many': (text) => (text.length % 4 === 0 ? `${text}A` : undefined),
  'percent-encoding': (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`,
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function withSpareBit(text: string): string | undefined {
  if (text.length % 4 < 2) return undefined;
  return text.slice(0, -1) + ALPHABET.charAt(ALPHABET.indexOf(text.at(-1) ?? '') | 1);
}

test('15. lax base64url is refused in each part, also where that spelling is what was signed', () => {
  for (const target of targets) {
    for (const [what, respell] of Object.entries(LAX)) {
      let tried = 0;
      for (const pad of ['', 'a', 'ab']) {
        const header = encoded({ ...target.header, cty: `??>>~~${pad}` });
        const payload = encoded({ ...target.claims, x: `??>>~~${pad}` });
        const [otherHeader, otherPayload] = [respell(header), respell(payload)];
        if (otherHeader !== undefined) {
          tried += 1;
          refusedByBoth(target, compact(target.key, otherHeader, payload), 'ERR_TOKEN_MALFORMED', what);
        }
        if (otherPayload !== undefined) {
          tried += 1;
          refusedByBoth(target, compact(target.key, header, otherPayload), 'ERR_TOKEN_MALFORMED', what);
        }
        const signed = compact(target.key, header, payload);
        const end = signed.lastIndexOf('.') + 1;
        const signature = respell(signed.slice(end));
        if (signature !== undefined) {
          tried += 1;
          refusedByBoth(target, signed.slice(0, end) + signature, 'ERR_TOKEN_SIGNATURE', what);
        }
      }
      assert.ok(tried > 0, what);
    }
  }
});

const members = (claims: JsonObject): string => JSON.stringify(claims).slice(1, -1);

test('16. duplicate members are refused, in header and payload, plain, escaped and nested', () => {
  const { header, claims } = hmac;
  const headers = [
    `{"alg":"none",${members(header)}}`,
    `{${members(header)},"typ":"JWT"}`,
    `{${members(header)},"\\u006bid":"k2"}`,
    `{${members(header)},"x":{"a":1,"a":2}}`,
    `{${members(header)},"x":[{"a":1,"\\u0061":2}]}`,
  ];
  for (const text of headers) refusedByBoth(hmac, hmac.signed(text), 'ERR_TOKEN_MALFORMED', text);
  const payloads = [
    `{"sub":"root",${members(claims)}}`,
    `{${members(claims)},"sub":"root"}`,
    `{${members(claims)},"s\\u0075b":"root"}`,
    `{${members(claims)},"sub" \t\r\n:"root"}`,
    `{${members(claims)},"x":{"y":{"a":":","a":1}}}`,
  ];
  for (const text of payloads) {
    assert.equal(judgeClaims(hmac, hmac.signed(header, text)), 'ERR_TOKEN_MALFORMED', text);
  }
});

test('16. __proto__ and its like change nothing that they should not', () => {
  const { header, claims } = hmac;
  for (const name of ['__proto__', '__pr\\u006fto__']) {
    for (const value of ['{"admin":true}', 'null', '[]', '1']) {
      refusedByBoth(hmac, hmac.signed(`{${members(header)},"${name}":${value}}`), 'ERR_TOKEN_MALFORMED');
      for (const text of [`"${name}":${value}`, `"x":{"${name}":${value}}`]) {
        const token = hmac.signed(header, `{${members(claims)},${text}}`);
        assert.equal(judgeClaims(hmac, token), 'ERR_TOKEN_MALFORMED', text);
      }
    }
  }
  const inner = '"constructor":{"prototype":{"admin":true}},"toString":"x","hasOwnProperty":1';
  const token = hmac.verifier.verify(hmac.signed(header, `{${members(claims)},${inner}}`));
  assert.equal(token.subject, 'ada');
  assert.equal((token as unknown as Record<string, unknown>)['admin'], undefined);
  assert.equal(({} as Record<string, unknown>)['admin'], undefined);
});

test('16. very deep and very large JSON is refused', () => {
  const { header, claims } = hmac;
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const leaf = open === '[' ? '' : '1';
    for (const depth of [8, 9, 200, 900]) {
      const deep = `${open.repeat(depth)}${leaf}${close.repeat(depth)}`;
      refusedByBoth(hmac, hmac.signed(`{${members(header)},"x":${deep}}`), 'ERR_TOKEN_MALFORMED');
      const token = hmac.signed(header, `{${members(claims)},"x":${deep}}`);
      assert.equal(judgeClaims(hmac, token), 'ERR_TOKEN_MALFORMED');
    }
  }
  const empty = hmac.signed(header, { ...claims, x: '' }).length;
  const fill = (length: number): string => hmac.signed(header, { ...claims, x: 'x'.repeat(length) });
  const most = Math.floor(((8192 - empty) * 3) / 4);
  assert.ok(fill(most).length <= 8192 && fill(most).length > 8180);
  assert.equal(judgeClaims(hmac, fill(most)), undefined);
  for (const length of [most + 3, 8192, 1_000_000]) {
    refusedByBoth(hmac, fill(length), 'ERR_TOKEN_MALFORMED', `${length} more`);
  }
});

test('23. PBES2 with two million rounds is refused without a round, in five parts and in three', () => {
  const jwe = {
    alg: 'PBES2-HS512+A256KW',
    enc: 'A256GCM',
    p2c: 2_000_000_000,
    p2s: 'AAAAAAAAAAA',
    kid: 'k1',
  };
  const begunMs = performance.now();
  refusedByBoth(hmac, `${encoded(jwe)}.AAAA.AAAA.AAAA.AAAA`, 'ERR_TOKEN_MALFORMED');
  refusedByBoth(hmac, hmac.signed({ ...hmac.header, ...jwe }), 'ERR_TOKEN_ALGORITHM');
  assert.ok(performance.now() - begunMs < 1000, 'it counted rounds');
});

test('23. a compressed bomb is never inflated', () => {
  const bomb = JSON.stringify({ ...hmac.claims, x: 'x'.repeat(4_000_000) });
  for (const compress of [deflateRawSync, deflateSync, gzipSync]) {
    const bytes = compress(bomb);
    assert.ok(bytes.length < 6000);
    for (const zip of ['DEF', 'GZIP', undefined]) {
      const header = encoded({ ...hmac.header, ...(zip !== undefined && { zip }) });
      const token = compact(hmac.key, header, bytes.toString('base64url'));
      assert.equal(judgeClaims(hmac, token), 'ERR_TOKEN_MALFORMED');
      const { payload } = verifyJws(token, hmac.key.jwk, { algorithms: ['HS256'] });
      assert.deepEqual(Buffer.from(payload), bytes, 'the bytes that were signed, as they are');
      assert.equal(
        codeOf(() => verifyJws(`${header}.AAAA.AAAA.AAAA.AAAA`, hmac.key.jwk, { algorithms: ['HS256'] })),
        'ERR_TOKEN_MALFORMED',
      );
    }
  }
});
