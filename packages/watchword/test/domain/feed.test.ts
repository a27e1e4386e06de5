import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatPosition, parsePosition, POSITION_PATTERN } from '../../src/domain/feed.ts';
import { formatRecords, parseRecords, type UnhashedRecord } from '../../src/domain/feed-records.ts';
import { createSessionId, type KeyId, type TokenId } from '../../src/domain/ids.ts';
import { revocationBytes, type LogHead, type RevocationTarget } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import { holds } from './support/property.ts';
import { readVectors } from './support/vectors.ts';

const { records: vector } = readVectors<{ records: { text: string; positions: readonly string[] } }>(
  'feed.json',
);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const head: fc.Arbitrary<LogHead> = fc.record({
  epoch: bytes(16).map((epoch) => Buffer.from(epoch).toString('hex')),
  sequence: fc.oneof(fc.nat(), fc.maxSafeNat()),
  hash: bytes(32),
});

describe('a position', () => {
  test('says epoch, sequence and hash, and is read as what it says', () => {
    holds(
      fc.property(head, (at) => {
        const text = formatPosition(at);
        const hash = Buffer.from(at.hash).toString('base64url');
        assert.equal(text, `${at.epoch}.${at.sequence}.${hash}`);
        assert.match(text, POSITION_PATTERN);
        assert.deepEqual(parsePosition(text), { ...at });
      }),
    );
  });

  test('has one spelling', () => {
    holds(
      fc.property(head, fc.nat(), fc.constantFrom(...'A9_-=.+/ 0\nèŁ'), (at, place, character) => {
        const right = formatPosition(at);
        const where = place % (right.length + 1);
        for (const wrong of [
          right.slice(0, where) + character + right.slice(where),
          right.slice(0, where) + character + right.slice(where + 1),
          right.slice(0, where),
        ]) {
          const read = parsePosition(wrong);
          if (read !== undefined) assert.equal(formatPosition(read), wrong);
        }
      }),
      1000,
    );
  });

  test('is refused where it is not one', () => {
    const right = vector.positions[1] ?? '';
    const [epoch = '', , hash = ''] = right.split('.');
    for (const wrong of [
      undefined,
      null,
      7,
      [right],
      '',
      `${right} `,
      `${right}\n`,
      `${epoch}.01.${hash}`,
      `${epoch}.-1.${hash}`,
      `${epoch}.1.0.${hash}`,
      `${epoch}.9007199254740992.${hash}`,
      `${epoch.toUpperCase()}.1.${hash}`,
      `${epoch}.1.${hash.slice(0, -1)}x`,
      `${epoch}.1.${hash}=`,
    ]) {
      assert.equal(parsePosition(wrong), undefined, String(wrong));
    }
  });
});

const time = fc.nat({ max: 8_640_000_000_000_000 }).map(epochMs);
const subject = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
  fc.record({ kind: fc.constant('all' as const), beforeMs: time }),
  fc.record({ kind: fc.constant('subject' as const), subject, beforeMs: time }),
  fc.record({
    kind: fc.constant('session' as const),
    sessionId: bytes(10).map((random) => createSessionId(epochMs(1_767_225_600_000), random)),
  }),
  fc.record({
    kind: fc.constant('token' as const),
    tokenId: bytes(16).map((id) => Buffer.from(id).toString('base64url') as TokenId),
  }),
  fc.record({ kind: fc.constant('key' as const), keyId: fc.constantFrom('k1' as KeyId, '_-' as KeyId) }),
);
const records: fc.Arbitrary<readonly UnhashedRecord[]> = fc
  .tuple(
    fc.nat(),
    fc.array(fc.record({ target, atMs: time, expiresMs: time }), { minLength: 1, maxLength: 20 }),
  )
  .map(([from, all]) => all.map((one, at) => ({ sequence: from + at + 1, ...one })));

describe('records', () => {
  test('are read as what was written, and their hashes cover the bytes that came', () => {
    holds(
      fc.property(records, (written) => {
        const text = formatRecords(written);
        const read = parseRecords(text);
        assert.deepEqual(read, structuredClone(written));
        const covered = written.map((record) => Buffer.from(revocationBytes(record)).toString());
        assert.equal(text, `[${covered.join()}]`);
      }),
    );
  });

  test('whose text was changed anywhere are refused, or other records', () => {
    holds(
      fc.property(
        records,
        fc.nat(),
        fc.constantFrom(...'0-.e ",[]\\\u00e8\ud800'),
        (written, place, other) => {
          const text = formatRecords(written);
          const where = place % text.length;
          for (const changed of [
            text.slice(0, where) + other + text.slice(where),
            text.slice(0, where) + other + text.slice(where + 1),
            text.slice(0, where) + text.slice(where + 1),
          ]) {
            const read = parseRecords(changed);
            if (read !== undefined) assert.equal(formatRecords(read), changed);
          }
        },
      ),
      1000,
    );
  });

  test('are those of the vector', () => {
    const read = parseRecords(vector.text) ?? [];
    assert.equal(read.length, 6);
    let hash: Uint8Array = new Uint8Array(32);
    for (const record of read) {
      hash = createHash('sha256').update(hash).update(revocationBytes(record)).digest();
      const epoch = '000102030405060708090a0b0c0d0e0f';
      const position = formatPosition({ epoch, sequence: record.sequence, hash });
      assert.equal(position, vector.positions[record.sequence]);
    }
  });

  const session = '019b76da-a800-799f-8ba1-56f75ad6f68b';
  const token = 'AZt22qgAcO0FOdveGeFzZw';
  const wrong: Readonly<Record<string, string>> = {
    'no JSON': '[[1,"all","",5,6,7]',
    'no array': '{"0":[1,"all","",5,6,7]}',
    none: '[]',
    'no arrays in it': '[1,"all","",5,6,7]',
    'a field too many': '[[1,"all","",5,6,7,8]]',
    'a field too few': '[[1,"all","",5,6]]',
    'white space': '[[1,"all","",5,6, 7]]',
    'a fraction that is none': '[[1,"all","",5,6,7.0]]',
    'a fraction': '[[1,"all","",5,6,7.5]]',
    'an exponent': '[[1,"all","",5,6,7e1]]',
    'a zero with a sign': '[[1,"all","",-0,6,7]]',
    'a time before 1970': '[[1,"all","",5,-6,7]]',
    'a time after the last': '[[1,"all","",5,6,8640000000000001]]',
    'a text for a number': '[["1","all","",5,6,7]]',
    'number 0': '[[0,"all","",5,6,7]]',
    'a number beyond the safe ones': '[[9007199254740992,"all","",5,6,7]]',
    'a gap': '[[1,"all","",5,6,7],[3,"all","",5,6,7]]',
    'a number twice': '[[1,"all","",5,6,7],[1,"all","",5,6,7]]',
    'an unknown kind': '[[1,"client","x",5,6,7]]',
    'an id for all': '[[1,"all","x",5,6,7]]',
    'no subject': '[[1,"subject","",5,6,7]]',
    'a subject that is too long': `[[1,"subject","${'x'.repeat(256)}",5,6,7]]`,
    'half a surrogate pair': '[[1,"subject","\\ud800",5,6,7]]',
    'an escape that is not needed': '[[1,"subject","\\u0041",5,6,7]]',
    'a session in upper case': `[[1,"session","${session.toUpperCase()}",0,6,7]]`,
    'a cut-off for a session': `[[1,"session","${session}",5,6,7]]`,
    'a token with spare bits': `[[1,"token","${token.slice(0, -1)}x",0,6,7]]`,
    'a key with a dot': '[[1,"key","a.b",0,6,7]]',
    'an array for an id': '[[1,"subject",["x"],5,6,7]]',
    'nothing for an id': '[[1,"all",null,5,6,7]]',
  };
  for (const [what, text] of Object.entries(wrong)) {
    test(`are refused with ${what}`, () => assert.equal(parseRecords(text), undefined));
  }

  test('are refused where there are too many, too long a text, or too deep a one', () => {
    const many = (count: number): string =>
      `[${Array.from({ length: count }, (_, at) => `[${at + 1},"all","",5,6,7]`).join()}]`;
    assert.equal(parseRecords(many(1000))?.length, 1000);
    assert.equal(parseRecords(many(1001)), undefined);
    assert.equal(parseRecords(`[[1,"subject","${'x'.repeat(1_048_576)}",5,6,7]]`), undefined);
    assert.equal(parseRecords('['.repeat(1_000_000)), undefined);
    assert.equal(parseRecords('['.repeat(500_000) + ']'.repeat(500_000)), undefined);
  });
});
