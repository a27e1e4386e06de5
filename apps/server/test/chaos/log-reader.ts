import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Client } from 'pg';

export interface Entry {
  readonly sequence: number;
  readonly kind: string;
  readonly target: string;
}

export interface StoredLog {
  readonly epoch: string;
  readonly sequence: number;
  readonly entries: readonly Entry[];
}

interface Row {
  readonly sequence: string;
  readonly hash: Buffer;
  readonly kind: string;
  readonly target: string;
  readonly before_ms: string;
  readonly at_ms: string;
  readonly expires_ms: string;
}

/** Reads the log from PostgreSQL itself, and follows the chain of hashes from the beginning to the head (docs/protocol.md). */
export async function readLog(url: string): Promise<StoredLog> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<Row>('SELECT * FROM watchword.revocations ORDER BY sequence');
    const { rows: heads } = await client.query<{ epoch: Buffer; sequence: string; hash: Buffer }>(
      'SELECT epoch, sequence, hash FROM watchword.feed_head',
    );
    const [head] = heads;
    assert.ok(head);
    const last = rows.reduce(checked, Buffer.alloc(32));
    assert.equal(rows.length, Number(head.sequence), 'there is no gap');
    assert.deepEqual(last, head.hash, 'the chain leads to the head');
    const entries = rows.map(({ sequence, kind, target }) => ({ sequence: Number(sequence), kind, target }));
    return { epoch: head.epoch.toString('hex'), sequence: Number(head.sequence), entries };
  } finally {
    await client.end();
  }
}

function checked(previous: Buffer, row: Row, index: number): Buffer {
  const { sequence, kind, target, before_ms, at_ms, expires_ms, hash } = row;
  assert.equal(Number(sequence), index + 1);
  const fields = [Number(sequence), kind, target, Number(before_ms), Number(at_ms), Number(expires_ms)];
  const computed = createHash('sha256').update(previous).update(JSON.stringify(fields)).digest();
  assert.deepEqual(computed, hash, `the hash of entry ${sequence}`);
  return hash;
}
