import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { KeyId, SessionId, TokenId } from '../../src/domain/ids.ts';
import {
  GENESIS_HASH,
  revocationBytes,
  targetBeforeMs,
  targetId,
  type RevocationTarget,
} from '../../src/domain/revocation.ts';
import { epochMs } from '../../src/domain/time.ts';
import { hexOf, readVectors } from './support/vectors.ts';

interface Entry {
  readonly sequence: number;
  readonly kind: RevocationTarget['kind'];
  readonly id: string;
  readonly beforeMs: number;
  readonly atMs: number;
  readonly expiresMs: number;
  readonly bytes: string;
  readonly hash: string;
}

const { entries } = readVectors<{ entries: readonly Entry[] }>('revocation-log.json');

let previous = GENESIS_HASH;
for (const entry of entries) {
  const target = targetOf(entry);
  const { sequence } = entry;
  const record = { sequence, target, atMs: epochMs(entry.atMs), expiresMs: epochMs(entry.expiresMs) };
  const bytes = revocationBytes(record);
  const hash = new Uint8Array(createHash('sha256').update(previous).update(bytes).digest());
  previous = hash;

  test(`entry ${sequence} of the log, a revocation of kind ${entry.kind}, has these bytes and this hash`, () => {
    assert.equal(hexOf(bytes), entry.bytes);
    assert.equal(hexOf(hash), entry.hash);
    assert.equal(targetId(target), entry.id);
    assert.equal(targetBeforeMs(target), entry.beforeMs);
  });
}

test('the log begins with 32 zero bytes', () => assert.equal(hexOf(GENESIS_HASH), '00'.repeat(32)));

function targetOf({ kind, id, beforeMs }: Entry): RevocationTarget {
  switch (kind) {
    case 'all':
      return { kind, beforeMs: epochMs(beforeMs) };
    case 'subject':
      return { kind, subject: id, beforeMs: epochMs(beforeMs) };
    case 'session':
      return { kind, sessionId: id as SessionId };
    case 'token':
      return { kind, tokenId: id as TokenId };
    case 'key':
      return { kind, keyId: id as KeyId };
  }
}
