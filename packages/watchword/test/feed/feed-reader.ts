import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { compactVerify, createLocalJWKSet } from 'jose';
import { parsePosition } from '../../src/domain/feed.ts';
import { parseRecords, type UnhashedRecord } from '../../src/domain/feed-records.ts';
import type { LogHead } from '../../src/domain/revocation.ts';
import { chainRecords } from '../../src/engine/feed-format/record-chain.ts';

/** The claims of a checkpoint, verified by jose. */
export interface Checkpoint {
  readonly iss: string;
  readonly epoch: string;
  readonly seq: number;
  readonly hash: string;
  readonly as_of: number;
  readonly now: number;
  readonly clock: string;
  readonly keys: number;
  readonly settle_ms: number;
  readonly nonce?: string;
  readonly snapshot?: string;
  readonly kid: string;
}

export interface FeedEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Reads the feed as a verifier does: nothing counts before a checkpoint covers it. */
export async function openFeed(
  t: TestContext,
  origin: string,
  { authorization, position, nonce }: { authorization: string; position: string; nonce?: string },
) {
  const path = nonce === undefined ? '/feed' : `/feed?nonce=${nonce}`;
  const response = await request(origin + path, { authorization, 'last-event-id': position });
  t.after(() => response.destroy());
  if (response.statusCode !== 200) throw new Error(`the feed answered ${response.statusCode}`);
  assert.equal(response.headers['content-type'], 'text/event-stream');
  assert.equal(response.headers['cache-control'], 'no-store');
  assert.equal(response.headers['x-accel-buffering'], 'no');
  const verify = await verifierOf(origin);
  const waiting: FeedEvent[] = [];
  let wake = (): void => undefined;
  let isOver = false;
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    waiting.push(...blocks.map(parseEvent));
    wake();
  });
  const over = (): void => {
    isOver = true;
    wake();
  };
  response.on('close', over);
  response.on('error', over);
  let at = parsePosition(position) as LogHead;

  async function event(): Promise<FeedEvent | undefined> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined || isOver) return next;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  /** What comes up to the next checkpoint, which covers it; `undefined` when the stream has ended. */
  async function next(): Promise<{ records: readonly UnhashedRecord[]; checkpoint: Checkpoint } | undefined> {
    const first = await event();
    if (first === undefined) return undefined;
    const records = first.type === 'records' ? parseRecords(first.data) : [];
    assert.ok(records, 'the records are of the form that they must have');
    const signed = first.type === 'records' ? await event() : first;
    if (signed === undefined) return undefined;
    assert.equal(signed.type, 'checkpoint');
    const checkpoint = await verify(signed.data);
    const last = chainRecords(at, records)?.at(-1);
    if (records.length > 0) assert.ok(last, 'the records follow upon the position');
    if (last !== undefined) at = { ...at, sequence: last.sequence, hash: last.hash };
    assert.equal(checkpoint.epoch, at.epoch);
    assert.equal(checkpoint.seq, at.sequence);
    assert.equal(checkpoint.hash, Buffer.from(at.hash).toString('base64url'));
    assert.equal(signed.id, `${checkpoint.epoch}.${checkpoint.seq}.${checkpoint.hash}`);
    return { records, checkpoint };
  }

  return {
    response,
    next,
    /** Reads until the log has come so far; gives all records. */
    async until(sequence: number): Promise<readonly UnhashedRecord[]> {
      const all: UnhashedRecord[] = [];
      while (at.sequence < sequence) {
        const step = await next();
        assert.ok(step, 'the stream goes on');
        all.push(...step.records);
      }
      return all;
    },
    /** Reads to the end. */
    async toEnd(): Promise<void> {
      while ((await next()) !== undefined);
    },
    close: () => response.destroy(),
  };
}

export function request(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
}

// oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what tests look at
export async function documentAt(url: string): Promise<any> {
  return (await fetch(url)).json();
}

/** Verifies checkpoints with the keys that the issuer publishes, and nothing of ours. */
export async function verifierOf(origin: string): Promise<(text: string) => Promise<Checkpoint>> {
  const keys = createLocalJWKSet(await documentAt(`${origin}/feed/keys`));
  return async (text) => {
    const { payload, protectedHeader } = await compactVerify(text, keys);
    assert.deepEqual(Object.keys(protectedHeader).toSorted(), ['alg', 'kid', 'typ']);
    assert.equal(protectedHeader.alg, 'EdDSA');
    assert.equal(protectedHeader.typ, 'ww-feed+jwt');
    const claims = JSON.parse(Buffer.from(payload).toString()) as Omit<Checkpoint, 'kid'>;
    assert.equal(claims.iss, origin);
    assert.ok(claims.as_of <= claims.now);
    return { ...claims, kid: String(protectedHeader.kid) };
  };
}

function parseEvent(block: string): FeedEvent {
  const field = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  return { type: field('event') ?? '', id: field('id'), data: field('data') ?? '' };
}
