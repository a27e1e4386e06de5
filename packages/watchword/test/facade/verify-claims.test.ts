import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ErrorCode } from '../../src/errors/catalogue.ts';
import { attack } from './support/attack.ts';
import { codeOf } from './support/errors.ts';
import { ISSUER } from './support/installation.ts';

const NOW = 1_767_225_600;

/** Values as JSON text, so that those may be tried that no object holds; `undefined` leaves the claim out. */
const WRONG: Readonly<Record<string, readonly [ErrorCode, readonly (string | undefined)[]]>> = {
  iss: ['ERR_TOKEN_CLAIMS', [undefined, 'null', '""', '1', `["${ISSUER}"]`, `{"0":"${ISSUER}"}`, 'true']],
  sub: ['ERR_TOKEN_CLAIMS', [undefined, 'null', '""', '1', '["ada"]', '{}', 'false']],
  aud: [
    'ERR_TOKEN_CLAIMS',
    [undefined, 'null', '""', '1', '[]', '[""]', '[1]', `["${ISSUER}",1]`, `["${ISSUER}",""]`, '{}', 'true'],
  ],
  jti: [
    'ERR_TOKEN_CLAIMS',
    [undefined, 'null', '""', '1', '"x"', '"AAAAAAAAAAAAAAAAAAAAAB"', '["AAAAAAAAAAAAAAAAAAAAAA"]'],
  ],
  exp: [
    'ERR_TOKEN_CLAIMS',
    [
      undefined,
      'null',
      '-1',
      `"${NOW + 900}"`,
      '1e400',
      '-1e400',
      '253402300800',
      '1e30',
      'true',
      '[]',
      '{}',
      '""',
    ],
  ],
  iat: [
    'ERR_TOKEN_CLAIMS',
    [undefined, 'null', '-1', `"${NOW}"`, '1e400', '253402300800', 'true', '[]', '{}'],
  ],
  nbf: ['ERR_TOKEN_CLAIMS', ['null', '-1', `"${NOW}"`, '1e400', '253402300800', 'true', '[]', '{}', '""']],
  sid: [
    'ERR_TOKEN_CLAIMS',
    [
      undefined,
      'null',
      '""',
      '1',
      '"x"',
      '"019B76DA-A800-7D12-B16C-6D306A44D756"',
      '"019b76da-a800-4d12-b16c-6d306a44d756"',
      '[]',
    ],
  ],
  client_id: ['ERR_TOKEN_CLAIMS', [undefined, 'null', '""', '1', '["app"]', '{}']],
  ww_gen: [
    'ERR_TOKEN_CLAIMS',
    [undefined, 'null', '0', '-1', '1.5', '"1"', '4294967296', '1e400', 'true', '[]'],
  ],
  scope: ['ERR_TOKEN_CLAIMS', ['null', '1', '["read"]', '{}', 'true']],
  amr: ['ERR_TOKEN_CLAIMS', ['null', '"pwd"', '[1]', '{}', 'true']],
  auth_time: ['ERR_TOKEN_CLAIMS', ['null', '-1', `"${NOW}"`, '1e400', 'true', '[]']],
};

for (const [name, [code, values]] of Object.entries(WRONG)) {
  describe(`a claim of the wrong type is refused: ${name}`, () => {
    for (const value of values) {
      test(value ?? 'missing', async (t) => {
        const { auth, payload, sign } = await attack(t);
        const { [name]: _, ...rest } = payload;
        const text =
          value === undefined
            ? JSON.stringify(rest)
            : `${JSON.stringify(rest).slice(0, -1)},"${name}":${value}}`;
        assert.equal(
          codeOf(() => auth.verify(sign(text))),
          code,
        );
      });
    }
  });
}

describe('the issuer is exactly ours', () => {
  for (const iss of [
    `${ISSUER}/`,
    'https://APP.example',
    'http://app.example',
    'https://app.example.evil.example',
    'https://evil.example',
  ]) {
    test(`not ${iss}`, async (t) => {
      const { auth, payload, sign } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(sign({ ...payload, iss }))),
        'ERR_TOKEN_ISSUER',
      );
    });
  }
});

describe('the audience names us', () => {
  for (const aud of [ISSUER, [ISSUER], ['https://b.example', ISSUER]]) {
    test(`${JSON.stringify(aud)} does`, async (t) => {
      const { auth, payload, sign } = await attack(t);
      assert.equal(auth.verify(sign({ ...payload, aud })).subject, 'ada');
    });
  }
  for (const aud of ['https://b.example', ['https://b.example'], `${ISSUER}/`, ISSUER.slice(0, -1), 'app']) {
    test(`${JSON.stringify(aud)} does not`, async (t) => {
      const { auth, payload, sign } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(sign({ ...payload, aud }))),
        'ERR_TOKEN_AUDIENCE',
      );
    });
  }

  test('or one of those that the place wants', async (t) => {
    const { auth, payload, sign } = await attack(t);
    const token = sign({ ...payload, aud: ['a', 'b'] });
    assert.equal(auth.verify(token, { audience: 'b' }).subject, 'ada');
    assert.equal(auth.verify(token, { audience: ['x', 'a'] }).subject, 'ada');
    assert.equal(
      codeOf(() => auth.verify(token, { audience: 'x' })),
      'ERR_TOKEN_AUDIENCE',
    );
    assert.equal(
      codeOf(() => auth.verify(sign(payload), { audience: 'b' })),
      'ERR_TOKEN_AUDIENCE',
    );
  });
});

describe('a payload is one strict JSON object', () => {
  const texts: Readonly<Record<string, (payload: string) => string>> = {
    'a repeated member': (text) => `${text.slice(0, -1)},"sub":"root"}`,
    'a repeated member, escaped': (text) => `${text.slice(0, -1)},"s\\u0075b":"root"}`,
    'a repeated member inside': (text) => `${text.slice(0, -1)},"x":{"a":1,"a":2}}`,
    __proto__: (text) => `${text.slice(0, -1)},"__proto__":{"sub":"root"}}`,
    'nine deep': (text) => `${text.slice(0, -1)},"x":${'['.repeat(8)}${']'.repeat(8)}}`,
    'very deep': (text) => `${text.slice(0, -1)},"x":${'['.repeat(2000)}${']'.repeat(2000)}}`,
    'an array': (text) => `[${text}]`,
    'a string': (text) => JSON.stringify(text),
    null: () => 'null',
    'a byte order mark': (text) => `\ufeff${text}`,
    'something behind it': (text) => `${text} {}`,
    'cut short': (text) => text.slice(0, -1),
  };
  for (const [name, change] of Object.entries(texts)) {
    test(`not ${name}`, async (t) => {
      const { auth, payload, sign } = await attack(t);
      assert.equal(
        codeOf(() => auth.verify(sign(change(JSON.stringify(payload))))),
        'ERR_TOKEN_MALFORMED',
      );
    });
  }

  test('nor broken UTF-8', async (t) => {
    const { auth, header, payload, key } = await attack(t);
    const bytes = Buffer.from(JSON.stringify({ ...payload, sub: 'a\u00ff' }), 'latin1');
    const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${bytes.toString('base64url')}`;
    assert.equal(
      codeOf(() => auth.verify(`${input}.${key.sign(input)}`)),
      'ERR_TOKEN_MALFORMED',
    );
  });

  test('and is not looked at before the signature: wrong claims under a wrong signature tell nothing', async (t) => {
    const { auth, payload, sign } = await attack(t);
    for (const text of [JSON.stringify({ ...payload, exp: 0 }), 'not json', '{"sub":1}']) {
      const token = `${sign(text).slice(0, -43)}${'A'.repeat(43)}`;
      assert.equal(
        codeOf(() => auth.verify(token)),
        'ERR_TOKEN_SIGNATURE',
      );
    }
  });
});
