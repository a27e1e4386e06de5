import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedProblem } from '../../src/domain/events.ts';
import { formatRecords } from '../../src/domain/feed-records.ts';
import type { SessionId } from '../../src/domain/ids.ts';
import {
  checkpointEvent,
  createFeedKey,
  newSessionId,
  nonceIn,
  recordsEvent,
  sendJson,
  startScriptedIssuer,
  type Answer,
  type ScriptedIssuer,
} from './scripted-issuer.ts';
import { follow, until } from './verifying.ts';

const CLOCK = 'a'.repeat(16);

interface Attack {
  readonly problem: FeedProblem;
  /** `victim` is a session that the attack would revoke, or has revoked without anybody learning of it. */
  readonly run: (issuer: ScriptedIssuer, victim: SessionId) => void;
}

function entry(sessionId: SessionId) {
  return { kind: 'session', sessionId } as const;
}

/** What lies between sends this in place of what the issuer sends. */
const attacks: Readonly<Record<string, Attack>> = {
  'a signature that is wrong': {
    problem: 'signature',
    run(issuer, victim) {
      const [text] = recordsOf(issuer, victim);
      issuer.tell(text + checkpointEvent(issuer.checkpoint({ key: createFeedKey('f1') })));
    },
  },
  'a key that nobody published': {
    problem: 'unknown_key',
    run(issuer, victim) {
      const [text] = recordsOf(issuer, victim);
      issuer.tell(text + checkpointEvent(issuer.checkpoint({ key: createFeedKey('f9') })));
    },
  },
  'a checkpoint of another issuer': {
    problem: 'issuer',
    run: (issuer) => issuer.tell(checkpointEvent(issuer.checkpoint({ issuer: 'https://other.example' }))),
  },
  'records in place of those that were signed': {
    problem: 'forked',
    run(issuer, victim) {
      const [record] = issuer.append(entry(newSessionId()));
      assert.ok(record !== undefined);
      const text = formatRecords([{ ...record, target: entry(victim) }]);
      issuer.tell(`event: records\ndata: ${text}\n\n${checkpointEvent(issuer.checkpoint())}`);
    },
  },
  'a checkpoint whose records were held back': {
    problem: 'truncated',
    run(issuer, victim) {
      issuer.append(entry(victim));
      issuer.tell(checkpointEvent(issuer.checkpoint()));
    },
  },
  'an older checkpoint once more': {
    problem: 'replayed',
    run: (issuer) => issuer.tell(checkpointEvent(issuer.checkpoint({ nowMs: 1e12, asOfMs: 1e12 }))),
  },
  'a checkpoint of another process': {
    problem: 'replayed',
    run: (issuer) => issuer.tell(checkpointEvent(issuer.checkpoint({ clock: CLOCK }))),
  },
  'records in another order': {
    problem: 'malformed',
    run(issuer, victim) {
      const records = issuer.append(entry(newSessionId()), entry(victim));
      issuer.tell(recordsEvent(records.toReversed()) + checkpointEvent(issuer.checkpoint()));
    },
  },
  'records of which the first is missing': {
    problem: 'chain',
    run(issuer, victim) {
      const records = issuer.append(entry(newSessionId()), entry(victim));
      issuer.tell(recordsEvent(records.slice(1)) + checkpointEvent(issuer.checkpoint()));
    },
  },
  'records that came before': {
    problem: 'chain',
    run: (issuer) => issuer.tell(recordsEvent(issuer.records) + checkpointEvent(issuer.checkpoint())),
  },
  'records upon records that nobody signs': {
    problem: 'chain',
    run(issuer, victim) {
      const [first, second] = issuer.append(entry(victim), entry(newSessionId()));
      assert.ok(first !== undefined && second !== undefined);
      issuer.tell(recordsEvent([first]) + recordsEvent([second]));
    },
  },
  'another entry under a number that was seen': {
    problem: 'forked',
    run(issuer) {
      const head = { ...issuer.head(), hash: randomBytes(32) };
      issuer.tell(checkpointEvent(issuer.checkpoint({ head })));
    },
  },
  'a head that goes back': {
    problem: 'went_back',
    run(issuer) {
      const head = { ...issuer.head(), sequence: 0 };
      issuer.tell(checkpointEvent(issuer.checkpoint({ head })));
    },
  },
  'something else than a checkpoint': {
    problem: 'malformed',
    run: (issuer) => issuer.tell(checkpointEvent('a.b.c')),
  },
  'a line without an end': {
    problem: 'too_large',
    run: (issuer) => issuer.tell('data: '.padEnd(5_000_000, 'x')),
  },
  'records that are none': {
    problem: 'malformed',
    run: (issuer) => issuer.tell('event: records\ndata: [[2,"everything","",0,0,0]]\n\n'),
  },
};

function recordsOf(issuer: ScriptedIssuer, victim: SessionId): readonly [string] {
  return [recordsEvent(issuer.append(entry(victim)))];
}

describe('on the stream', { concurrency: 8 }, () => {
  for (const [name, { problem, run }] of Object.entries(attacks)) {
    test(`${name}: refused, told, and nothing is lost`, async (t) => {
      const issuer = await startScriptedIssuer(t);
      issuer.beats = false;
      const [kept, victim] = [newSessionId(), newSessionId()];
      issuer.append(entry(kept));
      const { verifier, codeOf, feed, events } = follow(t, issuer);
      await verifier.ready();
      const before = issuer.records.length;
      // Whoever forges cannot sign, and whoever holds back does so until it is found out.
      const answers = issuer.instead;
      answers.set('/feed', (_request, response) => sendJson(response, {}, 502));
      run(issuer, victim);
      await until(() => events.some((event) => event.type === 'feed_fault'));
      const fault = events.find((event) => event.type === 'feed_fault');
      assert.deepEqual([fault?.problem, fault?.issuer], [problem, issuer.url]);
      assert.equal(feed().sequence, before, 'nothing of it was taken');
      assert.equal(codeOf(issuer.token({ sid: victim })), 'ada');
      assert.equal(codeOf(issuer.token({ sid: kept })), 'ERR_TOKEN_REVOKED');
      answers.clear();
      issuer.revoke(entry(victim));
      await until(() => codeOf(issuer.token({ sid: victim })) === 'ERR_TOKEN_REVOKED');
    });
  }
});

function raw(
  type: string,
  body: (issuer: ScriptedIssuer, request: Parameters<Answer>[0]) => Buffer | string,
) {
  return (issuer: ScriptedIssuer): Answer =>
    (request, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body(issuer, request));
    };
}

const SNAPSHOT = 'application/vnd.watchword.feed-snapshot';

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

function lastFrameOf(bytes: Buffer): number {
  let at = 5;
  while (bytes[at] !== 0x0f) at += 5 + bytes.readUInt32BE(at + 1);
  return at;
}

type Snapshots = Readonly<
  Record<string, { readonly problem: FeedProblem; readonly answer: (issuer: ScriptedIssuer) => Answer }>
>;

const snapshots: Snapshots = {
  'cut off': {
    problem: 'truncated',
    answer: raw(SNAPSHOT, (issuer, request) => issuer.snapshot(nonceIn(request)).subarray(0, -40)),
  },
  'with a bit that was changed': {
    problem: 'digest',
    // The expiry of the only entry, which stands before the last frame.
    answer: raw(SNAPSHOT, (issuer, request) => {
      const bytes = issuer.snapshot(nonceIn(request));
      return flipped(bytes, lastFrameOf(bytes) - 1);
    }),
  },
  'that was answered to somebody else': {
    problem: 'replayed',
    answer: raw(SNAPSHOT, (issuer) => issuer.snapshot({ nonce: 'other' })),
  },
  'without a nonce': { problem: 'replayed', answer: raw(SNAPSHOT, (issuer) => issuer.snapshot()) },
  'signed by nobody': {
    problem: 'signature',
    answer: raw(SNAPSHOT, (issuer, request) =>
      issuer.snapshot({ ...nonceIn(request), key: createFeedKey('f1') }),
    ),
  },
  'with a checkpoint of the stream behind it': {
    problem: 'digest',
    answer: raw(SNAPSHOT, (issuer, request) =>
      issuer.snapshot({ ...nonceIn(request), snapshot: randomBytes(32) }),
    ),
  },
  'with another head than the one that was signed': {
    problem: 'digest',
    answer: raw(SNAPSHOT, (issuer, request) =>
      issuer.snapshot({ ...nonceIn(request), head: { ...issuer.head(), sequence: 9 } }),
    ),
  },
  'that is a page': { problem: 'malformed', answer: raw('text/html', () => '<!doctype html>') },
  'that is a stream without an end': {
    problem: 'malformed',
    answer: () => (_request, response) => void response.writeHead(200).write('{'),
  },
  'somewhere else': {
    problem: 'status',
    answer: () => (_request, response) =>
      void response.writeHead(302, { location: 'https://evil.example/' }).end(),
  },
};

describe('a snapshot', { concurrency: 8 }, () => {
  for (const [name, { problem, answer }] of Object.entries(snapshots)) {
    test(`${name}: nothing of it is used`, async (t) => {
      const issuer = await startScriptedIssuer(t);
      const victim = newSessionId();
      issuer.append(entry(victim));
      issuer.instead.set('/feed/snapshot', answer(issuer));
      const { verifier, codeOf, feed } = follow(t, issuer);
      await until(() => feed().lastFault !== undefined);
      assert.equal(feed().lastFault?.problem, problem);
      assert.deepEqual([feed().entries, feed().sequence, feed().ageMs], [0, undefined, Infinity]);
      assert.equal(issuer.asked.includes('/feed'), false);
      issuer.instead.clear();
      await verifier.ready();
      assert.equal(codeOf(issuer.token({ sid: victim })), 'ERR_TOKEN_REVOKED');
    });
  }
});

test('a first checkpoint that answers another request is refused', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { feed, verifier } = follow(t, issuer);
  for (const forged of [{}, { nonce: 'other' }]) {
    issuer.instead.set('/feed', (_request, response) => {
      issuer.openStream(response);
      response.write(checkpointEvent(issuer.checkpoint(forged)));
    });
    await until(() => feed().lastFault?.problem === 'replayed');
  }
  assert.equal(feed().ageMs, Infinity);
  issuer.instead.clear();
  await verifier.ready();
});

test('another process that lags behind is no fault, and what it shows later has to be the same', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const sids = [newSessionId(), newSessionId(), newSessionId()];
  const { feed, verifier, codeOf, events } = follow(t, issuer);
  await verifier.ready();
  issuer.revoke(...sids.map(entry));
  await until(() => feed().sequence === 3);
  // A balancer sends the next connection to a process that has read one entry less.
  const missing = issuer.records.splice(2);
  issuer.clock = CLOCK;
  issuer.hangUp();
  await until(() => feed().sequence === 2 && feed().state === 'following');
  for (const sid of sids) assert.equal(codeOf(issuer.token({ sid })), 'ERR_TOKEN_REVOKED');
  assert.deepEqual(
    events.filter(({ type }) => type === 'feed_fault'),
    [],
  );
  issuer.records.push(...missing);
  issuer.tell(recordsEvent(missing) + checkpointEvent(issuer.checkpoint()));
  await until(() => feed().sequence === 3);
  // The same again, but with another third entry.
  issuer.records.splice(2);
  issuer.clock = 'b'.repeat(16);
  issuer.hangUp();
  await until(() => feed().sequence === 2 && feed().state === 'following');
  issuer.revoke(entry(newSessionId()));
  await until(() => feed().lastFault?.problem === 'forked');
});

test('a process whose own log goes back is not followed', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { feed, verifier } = follow(t, issuer);
  await verifier.ready();
  issuer.revoke(entry(newSessionId()), entry(newSessionId()));
  await until(() => feed().sequence === 2);
  issuer.restore(1, issuer.epoch);
  await until(() => feed().lastFault?.problem === 'went_back');
  await sleep(300);
  assert.equal(feed().state, 'disconnected');
  assert.equal(feed().sequence, 2);
});
