import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createAsymmetricKey } from '../../../src/crypto/jws/asymmetric-key.ts';
import { signCompactJws } from '../../../src/crypto/jws/compact.ts';
import type { JwsVerificationKey } from '../../../src/crypto/jws/jws-key.ts';
import { formatPosition, parsePosition, type FeedCheckpoint } from '../../../src/domain/feed.ts';
import { parseRecords } from '../../../src/domain/feed-records.ts';
import type { KeyId } from '../../../src/domain/ids.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { LogHead } from '../../../src/domain/revocation.ts';
import { readCheckpoint, signCheckpoint } from '../../../src/engine/feed-format/checkpoint.ts';
import { chainRecords } from '../../../src/engine/feed-format/record-chain.ts';
import { holds } from '../../domain/support/property.ts';
import { readVectors } from '../../domain/support/vectors.ts';

interface Vectors {
  readonly key: { readonly jwk: JsonObject };
  readonly records: { readonly text: string; readonly positions: readonly string[] };
  readonly checkpoint: { readonly claims: JsonObject; readonly text: string };
}

const vectors = readVectors<Vectors>('feed.json');
const KID = 'feed-vector-1' as KeyId;
const ISSUER = 'https://issuer.example';
const privateKey = createPrivateKey({ key: vectors.key.jwk, format: 'jwk' });
const key = createAsymmetricKey(KID, 'EdDSA', privateKey.export({ format: 'der', type: 'pkcs8' }));
const { claims } = vectors.checkpoint;
const right: FeedCheckpoint = {
  issuer: ISSUER,
  head: parsePosition(vectors.records.positions.at(-1)) as LogHead,
  asOfMs: 123_456,
  nowMs: 123_460,
  clock: '0123456789abcdef',
  keyRevision: 3,
  settleMs: 20_000,
  nonce: 'bm9uY2U',
};

const find = (keyId: string): JwsVerificationKey | undefined => (keyId === KID ? key : undefined);
const read = (text: string, findKey = find) => readCheckpoint(text, findKey, ISSUER);
const refusal = (text: string, findKey = find): string | undefined => {
  const reading = read(text, findKey);
  return reading.kind === 'refused' ? reading.reason : undefined;
};
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (header: unknown, payload: unknown): string => {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
};

describe('a checkpoint', () => {
  test('is the one of the vector, and is read as what it says', () => {
    assert.equal(signCheckpoint(right, key), vectors.checkpoint.text);
    const reading = read(vectors.checkpoint.text);
    assert.ok(reading.kind === 'read');
    assert.deepEqual(
      { ...reading.checkpoint, head: formatPosition(reading.checkpoint.head) },
      { ...right, head: vectors.records.positions.at(-1) },
    );
  });

  test('is read as what was signed, and its times never as fresher', () => {
    const checkpoint = fc.record({
      head: fc.record({
        epoch: fc.constant('ab'.repeat(16)),
        sequence: fc.maxSafeNat(),
        hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      }),
      asOfMs: fc.nat().map((n) => n / 1024),
      agoMs: fc.nat().map((n) => n / 1024),
      keyRevision: fc.nat(),
      settleMs: fc.nat({ max: 86_400_000 }),
      snapshot: fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), { nil: undefined }),
      nonce: fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), { nil: undefined }),
    });
    holds(
      fc.property(checkpoint, ({ agoMs, snapshot, nonce, ...some }) => {
        const extras = { ...(snapshot && { snapshot }), ...(nonce !== undefined && { nonce }) };
        const nowMs = some.asOfMs + agoMs;
        const written = { issuer: ISSUER, clock: right.clock, ...some, nowMs, ...extras };
        const reading = read(signCheckpoint(written, key));
        assert.ok(reading.kind === 'read');
        const { asOfMs, nowMs: signedMs, head, snapshot: digest, ...others } = reading.checkpoint;
        assert.ok(asOfMs <= written.asOfMs && asOfMs > written.asOfMs - 1);
        assert.ok(signedMs >= nowMs && signedMs < nowMs + 1);
        assert.equal(formatPosition(head), formatPosition(written.head));
        assert.deepEqual(digest && new Uint8Array(digest), snapshot);
        assert.deepEqual(others, {
          issuer: ISSUER,
          clock: right.clock,
          keyRevision: some.keyRevision,
          settleMs: some.settleMs,
          ...(nonce !== undefined && { nonce }),
        });
      }),
      50,
    );
  });

  test('is refused where any character of it was changed', () => {
    const { text } = vectors.checkpoint;
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      assert.equal(read(text.slice(0, at) + other + text.slice(at + 1)).kind, 'refused', `at ${at}`);
      assert.equal(read(text.slice(0, at)).kind, 'refused', `cut at ${at}`);
    }
    assert.equal(refusal(`${text}=`), 'signature');
    assert.equal(refusal(`${text}.`), 'malformed');
  });

  const header = { alg: 'EdDSA', kid: KID, typ: 'ww-feed+jwt' };
  for (const wrong of [
    { ...header, alg: 'none' },
    { ...header, alg: 'HS256' },
    { ...header, alg: 'Ed25519' },
    { ...header, alg: 'eddsa' },
    { ...header, typ: 'at+jwt' },
    { ...header, typ: 'WW-FEED+JWT' },
    { ...header, typ: 'application/ww-feed+jwt' },
    { ...header, kid: '' },
    { ...header, kid: ['feed-vector-1'] },
    { ...header, jwk: vectors.key.jwk },
    { ...header, crit: ['exp'] },
    { ...header, cty: 'x' },
    { alg: 'EdDSA', typ: 'ww-feed+jwt' },
    { alg: 'EdDSA', kid: KID },
  ]) {
    test(`is refused with the header ${JSON.stringify(wrong).slice(0, 60)}`, () => {
      assert.equal(refusal(signed(wrong, claims)), 'malformed');
    });
  }

  for (const [claim, values] of Object.entries({
    iss: [undefined, '', 7, 'x'.repeat(2049)],
    epoch: [undefined, 'AB'.repeat(16), 'ab'.repeat(15), 0],
    seq: [undefined, -1, 1.5, '6', 2 ** 53, null],
    hash: [undefined, 'AA', `${'A'.repeat(42)}B`, `${'A'.repeat(43)}=`, 'A'.repeat(44)],
    as_of: [undefined, -1, 0.5, '1', 123_461],
    now: [undefined, 123_455, null],
    clock: [undefined, '0123456789ABCDEF', '0123', 7],
    keys: [undefined, -1, '3'],
    settle_ms: [undefined, -1, 86_400_001, 0.5],
    nonce: ['', 'a b', 'x'.repeat(65), 7, null],
    snapshot: ['', 'AA', 7, null],
  })) {
    test(`is refused with a ${claim} that it cannot have`, () => {
      for (const value of values)
        assert.equal(refusal(signed(header, { ...claims, [claim]: value })), 'malformed', String(value));
    });
  }

  test('may say more than is known yet', () => {
    const reading = read(signed(header, { ...claims, later: [{ a: 1 }] }));
    assert.ok(reading.kind === 'read');
    assert.ok(!('later' in reading.checkpoint));
  });

  test('is refused from another issuer, with an unknown key, and from a key that is not for EdDSA', () => {
    const another = signCheckpoint({ ...right, issuer: 'https://issuer.example/' }, key);
    assert.deepEqual(read(another), { kind: 'refused', reason: 'issuer', keyId: KID });
    const { text } = vectors.checkpoint;
    assert.deepEqual(
      read(text, () => undefined),
      { kind: 'refused', reason: 'unknown_key', keyId: KID },
    );
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const es256 = createAsymmetricKey(KID, 'ES256', own.export({ format: 'der', type: 'pkcs8' }));
    assert.equal(
      refusal(signCompactJws(es256, 'ww-feed+jwt', claims), () => es256),
      'malformed',
    );
    assert.equal(
      refusal(text, () => es256),
      'unknown_key',
    );
    assert.equal(
      refusal(text, () => createAsymmetricKey(KID, 'EdDSA', otherKey())),
      'signature',
    );
  });
});

function otherKey(): Uint8Array {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
}

describe('the chain of records', () => {
  const { text, positions } = vectors.records;
  const records = parseRecords(text) ?? [];

  test('gives each record the hash that it has in the log, from wherever it goes on', () => {
    for (const [from, position] of positions.entries()) {
      const after = parsePosition(position) as LogHead;
      const chained = chainRecords(after, records.slice(from));
      const { epoch } = after;
      assert.deepEqual(
        chained?.map(({ sequence, hash }) => formatPosition({ epoch, sequence, hash })),
        positions.slice(from + 1),
      );
    }
  });

  test('is refused with a gap, a repetition, or what comes from before', () => {
    const after = parsePosition(positions[2]) as LogHead;
    for (const wrong of [records.slice(3), records.slice(1), records.slice(2).toReversed()])
      assert.equal(chainRecords(after, wrong), undefined);
    const [third, fourth] = [records[2], records[3]];
    assert.ok(third && fourth);
    assert.equal(chainRecords(after, [third, third]), undefined);
    assert.equal(chainRecords(after, [third, { ...fourth, sequence: 5 }]), undefined);
  });

  test('ends elsewhere if anything in it is another', () => {
    const start = parsePosition(positions[0]) as LogHead;
    const [first, ...rest] = records;
    assert.ok(first);
    const last = (all: typeof records): string =>
      Buffer.from(chainRecords(start, all)?.at(-1)?.hash ?? []).toString('hex');
    const changed = last([{ ...first, expiresMs: (first.expiresMs + 1) as typeof first.expiresMs }, ...rest]);
    assert.notEqual(changed, last(records));
  });
});
