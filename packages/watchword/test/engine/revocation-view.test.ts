import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createTokenId } from '../../src/crypto/token-id.ts';
import { createSessionId, type KeyId, type TokenId } from '../../src/domain/ids.ts';
import type { RevocationRecord, RevocationTarget } from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import {
  createRevocationView,
  revocableWords,
  type RevocableToken,
} from '../../src/engine/revocation/view.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { holds } from '../domain/support/property.ts';

const T = 1_767_225_600_000;
const KEY = new Uint8Array(32);

const subject = fc.constantFrom('ada', 'bob');
const keyId = fc.constantFrom('k1' as KeyId, 'k2' as KeyId);
const timeMs = fc.integer({ min: 0, max: 12 }).map((n) => epochMs(T + n));
const sessionId = fc
  .tuple(timeMs, fc.integer({ min: 0, max: 2 }))
  .map(([at, n]) => createSessionId(at, new Uint8Array(10).fill(n)));
const tokenId = fc
  .tuple(timeMs, fc.integer({ min: 0, max: 2 }))
  .map(([at, n]) => createTokenId(epochMs(at + 250), new Uint8Array(4).fill(n), { generation: 0 }, KEY));
const token: fc.Arbitrary<RevocableToken> = fc.record({
  tokenId,
  keyId,
  subject,
  sessionId: fc.option(sessionId, { nil: undefined }),
});
const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
  fc.record({ kind: fc.constant('all' as const), beforeMs: timeMs }),
  fc.record({ kind: fc.constant('subject' as const), subject, beforeMs: timeMs }),
  fc.record({ kind: fc.constant('session' as const), sessionId }),
  fc.record({ kind: fc.constant('token' as const), tokenId }),
  fc.record({ kind: fc.constant('key' as const), keyId }),
);
const record: fc.Arbitrary<RevocationRecord> = fc
  .record({ target, atMs: timeMs, livesMs: fc.integer({ min: 1, max: 20 }) })
  .map(({ target: what, atMs, livesMs }) => ({
    sequence: 1,
    hash: new Uint8Array(32),
    target: what,
    atMs,
    expiresMs: epochMs(atMs + livesMs),
  }));

/** What the table of revocations says, word by word. */
function kills({ target: what }: RevocationRecord, one: RevocableToken): boolean {
  const startedMs =
    one.sessionId === undefined
      ? issuedMs(one) - 250
      : Number.parseInt(one.sessionId.replace('-', '').slice(0, 12), 16);
  switch (what.kind) {
    case 'all':
      return startedMs < what.beforeMs;
    case 'subject':
      return what.subject === one.subject && startedMs < what.beforeMs;
    case 'session':
      return what.sessionId === one.sessionId;
    case 'token':
      return what.tokenId === one.tokenId;
    case 'key':
      return what.keyId === one.keyId;
  }
}

function issuedMs(one: RevocableToken): number {
  return Buffer.from(one.tokenId, 'base64url').readUIntBE(0, 6);
}

const view = () => createRevocationView(createFakeClock(), { record: () => undefined });

describe('the view of revocations', () => {
  test('hits exactly what an entry of the log kills, in whatever order and however often they came', () => {
    holds(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.array(token, { minLength: 1, maxLength: 8 }),
        (records, tokens) => {
          const [once, again] = [view(), view()];
          for (const each of records) once.apply(each);
          for (const each of [...records.toReversed(), ...records]) again.apply(each);
          for (const one of tokens) {
            const expected = records.some((each) => kills(each, one));
            assert.equal(once.hits(one) !== undefined, expected);
            assert.equal(again.hits(one) !== undefined, expected);
            assert.equal(once.hits(one, revocableWords(one)), once.hits(one));
          }
        },
      ),
      2000,
    );
  });

  test('names the kind of an entry that kills', () => {
    holds(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), token, (records, one) => {
        const seen = view();
        for (const each of records) seen.apply(each);
        const kind = seen.hits(one);
        if (kind !== undefined)
          assert.ok(records.some((each) => each.target.kind === kind && kills(each, one)));
      }),
      2000,
    );
  });

  test('keeps an entry until it expires and hardly longer, also if the same was revoked again with an earlier expiry', () => {
    holds(
      fc.property(
        fc.array(record, { maxLength: 6 }),
        token,
        fc.integer({ min: 0, max: 16_000 }),
        (records, one, afterMs) => {
          const nowMs = epochMs(T + afterMs);
          // Cut-offs overlap: what a later one kills besides is a matter of its own.
          const ids = records
            .filter(({ target: what }) => !('beforeMs' in what))
            .map((each) => ({ ...each, expiresMs: epochMs(each.atMs + (each.expiresMs - each.atMs) * 400) }));
          const seen = view();
          for (const each of ids) seen.apply(each);
          seen.prune(nowMs);
          const isHit = seen.hits(one) !== undefined;
          if (ids.some((each) => each.expiresMs > nowMs && kills(each, one))) assert.ok(isHit);
          // Ids are kept for whole seconds.
          if (!ids.some((each) => each.expiresMs > nowMs - 1000 && kills(each, one))) assert.ok(!isHit);
        },
      ),
      3000,
    );
  });

  test('is not shortened by a second entry that expires earlier, as one made after the clock was set back does', () => {
    const seen = view();
    const keyEntry = (expiresMs: number): RevocationRecord => ({
      sequence: 1,
      hash: KEY,
      target: { kind: 'key', keyId: 'k1' as KeyId },
      atMs: epochMs(T),
      expiresMs: epochMs(expiresMs),
    });
    seen.apply(keyEntry(T + 900_000));
    seen.apply(keyEntry(T + 300_000));
    seen.prune(epochMs(T + 899_999));
    const one = createTokenId(epochMs(T), new Uint8Array(4), { generation: 0 }, KEY);
    assert.equal(
      seen.hits({ tokenId: one, keyId: 'k1' as KeyId, subject: 'ada', sessionId: undefined }),
      'key',
    );
  });

  test('never forgets a cut-off before it expires', () => {
    holds(
      fc.property(
        timeMs,
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        token,
        (beforeMs, livesMs, isAll, one) => {
          const seen = view();
          const cut: RevocationTarget = isAll
            ? { kind: 'all', beforeMs }
            : { kind: 'subject', subject: 'ada', beforeMs };
          const entry = {
            sequence: 1,
            hash: KEY,
            target: cut,
            atMs: epochMs(T),
            expiresMs: epochMs(T + livesMs),
          };
          seen.apply(entry);
          seen.prune(epochMs(T + livesMs - 1));
          assert.equal(seen.hits(one) !== undefined, kills(entry, one));
          seen.prune(epochMs(T + livesMs));
          assert.equal(seen.hits(one), undefined);
        },
      ),
    );
  });
});

describe('ids of others', () => {
  test('that none of ours could be are never revoked', () => {
    const seen = view();
    const entry = { sequence: 1, hash: KEY, atMs: epochMs(T), expiresMs: epochMs(T + 1000) };
    const zeros = 'A'.repeat(22) as TokenId;
    seen.apply({ ...entry, target: { kind: 'token', tokenId: zeros } });
    const ask = (tokenId: string) => {
      const one = { tokenId: tokenId as TokenId, keyId: 'k1' as KeyId, subject: 'ada', sessionId: undefined };
      assert.equal(seen.hits(one), seen.hits(one, revocableWords(one)));
      return seen.hits(one);
    };
    assert.equal(ask(zeros), 'token');
    for (const other of [
      '',
      'A',
      'A'.repeat(21),
      'A'.repeat(23),
      `${'A'.repeat(21)}B`,
      `${'A'.repeat(21)}=`,
    ]) {
      assert.equal(ask(other), undefined, other);
    }
    for (const character of ['=', '+', '/', '.', ' ', '\0', 'é', '\u0141', '\u2041']) {
      for (let at = 0; at < 22; at += 1) {
        const text = 'A'.repeat(at) + character + 'A'.repeat(21 - at);
        assert.equal(ask(text), undefined, text);
      }
    }
  });
});

describe('the age of the view', () => {
  test('is infinite before it was complete once, and then counts by the monotonic clock', () => {
    const clock = createFakeClock();
    const seen = createRevocationView(clock, { record: () => undefined });
    assert.equal(seen.ageMs(), Infinity);
    clock.advance(100);
    seen.confirm(40);
    assert.equal(seen.ageMs(), 60);
    clock.jump(-1_000_000);
    assert.equal(seen.ageMs(), 60);
  });

  test('never grows by a look that began earlier', () => {
    const clock = createFakeClock();
    const seen = createRevocationView(clock, { record: () => undefined });
    clock.advance(100);
    seen.confirm(90);
    seen.confirm(50);
    assert.equal(seen.ageMs(), 10);
  });
});
