import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { deriveRefreshKey } from '../../src/crypto/chain-text.ts';
import { REFRESH_TOKEN } from '../../src/crypto/refresh-token.ts';
import { createSessionId } from '../../src/domain/ids.ts';
import { epochMs } from '../../src/domain/time.ts';
import { holds } from '../domain/support/property.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const share = new Uint8Array(32).fill(5);
const key = deriveRefreshKey(new Uint8Array(32).fill(9), 1, 'https://app.example');
const sessionId = createSessionId(epochMs(1_767_225_600_000), new Uint8Array(10).fill(3));
const token = REFRESH_TOKEN.format(sessionId, 7, key, share);

/** What an attacker can do who knows the format but no key: any 54 bytes with a right checksum. */
function textOf(bytes: Uint8Array): string {
  const text = `wwr_${Buffer.from(bytes).toString('base64url')}`;
  return text + base62(crc32(text));
}

function base62(value: number): string {
  let digits = '';
  for (let rest = value; digits.length < 6; rest = Math.floor(rest / 62))
    digits = BASE62.charAt(rest % 62) + digits;
  return digits;
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(4, 76), 'base64url'));
}

test('the text is 82 characters of an alphabet that needs no quoting anywhere', () => {
  assert.match(token, /^wwr_[A-Za-z0-9_-]{72}[0-9A-Za-z]{6}$/);
});

describe('one character that was changed is refused', () => {
  // Every character that can be typed, the ones beside ASCII that fold into it, and what a decoder might skip.
  const others = [
    ...Array.from({ length: 0x7f }, (_, code) => String.fromCharCode(code)),
    '\u0141',
    '\u212a',
    '＋',
    '\u00a0',
  ];
  for (let at = 0; at < token.length; at += 1) {
    test(`at ${at}`, () => {
      for (const other of others) {
        if (other === token[at]) continue;
        assert.equal(
          REFRESH_TOKEN.parse(token.slice(0, at) + other + token.slice(at + 1)),
          undefined,
          `“${other}”`,
        );
      }
    });
  }
});

describe('another form of the same is refused', () => {
  const forms = [
    ` ${token}`,
    `${token} `,
    `${token}\n`,
    `${token}=`,
    token.slice(0, -1),
    `${token}0`,
    token.slice(4),
    `Bearer ${token}`,
    token.toUpperCase(),
    token.toLowerCase(),
    `${token.slice(0, 76)}\0${token.slice(76)}`,
    encodeURIComponent(token).replace('_', '%5F'),
  ];
  for (const form of forms)
    test(JSON.stringify(form), () => assert.equal(REFRESH_TOKEN.parse(form), undefined));
  for (const value of [undefined, null, 0, {}, [token], Object(token), Buffer.from(token)]) {
    test(`of another type: ${typeof value}`, () => assert.equal(REFRESH_TOKEN.parse(value), undefined));
  }
});

describe('the checksum', () => {
  test('is padded with zeros, never with something else or shorter', () => {
    let withZero: string | undefined;
    for (let generation = 1; withZero === undefined; generation += 1) {
      const text = REFRESH_TOKEN.format(sessionId, generation, key, share);
      if (text.slice(76).startsWith('0')) withZero = text;
    }
    assert.ok(REFRESH_TOKEN.parse(withZero) !== undefined);
    assert.equal(REFRESH_TOKEN.parse(`${withZero.slice(0, 76)}${withZero.slice(77)}`), undefined);
    assert.equal(REFRESH_TOKEN.parse(`${withZero.slice(0, 76)}${withZero.slice(77)}0`), undefined);
  });

  test('is below 2^32: no other number of six digits stands for the same', () => {
    const text = token.slice(0, 76);
    const sum = crc32(text);
    assert.ok(REFRESH_TOKEN.parse(text + base62(sum)) !== undefined);
    for (let other = sum + 2 ** 32; other < 62 ** 6; other += 2 ** 32) {
      assert.equal(REFRESH_TOKEN.parse(text + base62(other)), undefined);
    }
  });
});

describe('a text that only has the shape and the checksum', () => {
  test('is refused if its version is not 1', () => {
    for (let version = 0; version < 256; version += 1) {
      const bytes = bytesOf(token);
      bytes[0] = version;
      assert.equal(REFRESH_TOKEN.parse(textOf(bytes)) === undefined, version !== 1, `version ${version}`);
    }
  });

  test('has a wrong outer tag, whichever bit was changed', () => {
    for (let bit = 8; bit < 54 * 8; bit += 1) {
      const bytes = bytesOf(token);
      const at = bit >> 3;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
      const forged = REFRESH_TOKEN.parse(textOf(bytes));
      assert.ok(forged !== undefined);
      assert.equal(REFRESH_TOKEN.hasOuterTag(forged, key), false, `bit ${bit}`);
      assert.equal(
        REFRESH_TOKEN.hasInnerTag(forged, share),
        at >= 38,
        'the inner tag covers body and itself',
      );
    }
  });

  test('and a session id that is no UUIDv7 names no session', () => {
    const forged = REFRESH_TOKEN.parse(textOf(Uint8Array.of(1, ...new Uint8Array(53))));
    assert.equal(forged?.sessionId, '00000000-0000-0000-0000-000000000000');
  });
});

test('any session, generation and key version survives the round trip, and only under its own keys', () => {
  const version = fc.integer({ min: 0, max: 255 });
  const generation = fc.oneof(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
  );
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const id = fc
    .uint8Array({ minLength: 10, maxLength: 10 })
    .map((random) => createSessionId(epochMs(1e12), random));
  holds(
    fc.property(version, generation, bytes32, bytes32, id, (v, n, root, own, session) => {
      const outer = deriveRefreshKey(root, v, 'https://a.example');
      const text = REFRESH_TOKEN.format(session, n, outer, own);
      const parsed = REFRESH_TOKEN.parse(text);
      assert.ok(parsed !== undefined);
      assert.deepEqual([parsed.keyVersion, parsed.generation, parsed.sessionId], [v, n, session]);
      assert.equal(REFRESH_TOKEN.hasOuterTag(parsed, outer), true);
      assert.equal(REFRESH_TOKEN.hasInnerTag(parsed, own), true);
      assert.equal(REFRESH_TOKEN.hasOuterTag(parsed, deriveRefreshKey(root, v, 'https://b.example')), false);
      assert.equal(REFRESH_TOKEN.hasInnerTag(parsed, new Uint8Array(32).fill(1)), false);
    }),
  );
});
