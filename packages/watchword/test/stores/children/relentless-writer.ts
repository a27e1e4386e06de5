/**
 * Writes without rest until it is killed, and tells on standard output, one line of JSON each, what was
 * acknowledged.
 * Usage: relentless-writer.ts DATABASE
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { KeyId, SessionId } from '../../../src/domain/ids.ts';
import { startChain } from '../../../src/domain/refresh-chain.ts';
import { epochMs } from '../../../src/domain/time.ts';
import { WatchwordError } from '../../../src/errors/watchword-error.ts';
import { LIFETIMES, realContext, rotationOf, sessionRow } from '../real-context.ts';
import { storeAt } from './store-at.ts';

export type Acknowledged =
  | { readonly what: 'started' | 'settled' | 'ended'; readonly id: SessionId }
  | { readonly what: 'advanced'; readonly id: SessionId; readonly generation: number }
  | { readonly what: 'revoked'; readonly sequence: number; readonly hash: string }
  | { readonly what: 'cut_off'; readonly subject: string; readonly beforeMs: number }
  | { readonly what: 'account'; readonly key: string }
  | { readonly what: 'key'; readonly keyId: string; readonly revision: number };

const WRITERS = 8;
const location = process.argv[2] ?? '';
const store = await storeAt(location).open(realContext());

/** Synchronously, so that what was told is out of this process when the next write begins. */
function tell(acknowledged: Acknowledged): void {
  writeSync(1, `${JSON.stringify(acknowledged)}\n`);
}

async function writeSession(subject: string): Promise<void> {
  const { id } = (await store.sessions.start(subject, (startedMs) => sessionRow(startedMs, subject))).session;
  tell({ what: 'started', id });
  for (let generation = 1; generation < 4; generation += 1) {
    if ((await store.sessions.advance(rotationOf(id, generation))) !== 'advanced') return;
    tell({ what: 'advanced', id, generation: generation + 1 });
  }
  if (await store.sessions.settle(id, startChain(1).generation + 3)) tell({ what: 'settled', id });
  await revoke({ kind: 'session', sessionId: id, reason: 'signed_out' });
}

async function revoke(request: Parameters<typeof store.revocations.revoke>[0][number]): Promise<void> {
  const { records, endedSessions } = await store.revocations.revoke([request], LIFETIMES);
  for (const { sequence, hash, target } of records) {
    tell({ what: 'revoked', sequence, hash: Buffer.from(hash).toString('hex') });
    if (target.kind === 'subject')
      tell({ what: 'cut_off', subject: target.subject, beforeMs: target.beforeMs });
  }
  for (const { sessionId } of endedSessions) tell({ what: 'ended', id: sessionId });
}

async function writeAccount(): Promise<void> {
  const key = `${randomBytes(8).toString('hex')}@example.com`;
  const account = { id: randomBytes(16).toString('hex'), email: key, createdMs: epochMs(Date.now()) };
  await store.accounts.create({ account, passwordHash: '$argon2id$' }, { text: key, key });
  tell({ what: 'account', key });
}

/** A key and the revocation of that key: one step, so either both are there or neither. */
async function writeKey(): Promise<void> {
  const { revision: expectedRevision } = await store.keys.read();
  const keyId = randomBytes(16).toString('base64url') as KeyId;
  const nowMs = epochMs(Date.now());
  const key = { id: keyId, algorithm: 'ES256', announcedMs: nowMs, signsFromMs: nowMs } as const;
  const signingKeys = [{ key, sealed: new Uint8Array(randomBytes(100)) }];
  const revocation = { requests: [{ kind: 'key', keyId } as const], lifetimes: LIFETIMES };
  const outcome = await store.keys.change({ expectedRevision, signingKeys, roots: [], revoke: revocation });
  if (outcome.kind === 'committed') tell({ what: 'key', keyId, revision: outcome.revision });
}

async function writeForEver(writer: number): Promise<never> {
  const subject = `user ${writer}`;
  for (let round = writer; ; round += 1) {
    await writeOnce(round, subject).catch(goOn);
  }
}

async function writeOnce(round: number, subject: string): Promise<void> {
  if (round % 16 === 0) await revoke({ kind: 'subject', subject });
  else if (round % 4 === 1) await writeAccount();
  else if (round % 8 === 2) await writeKey();
  else await writeSession(subject);
}

/** What was not acknowledged is no fact; a server may be away for a while, a file may not. */
async function goOn(error: unknown): Promise<void> {
  const isAway = error instanceof WatchwordError && error.code === 'ERR_STORE_UNAVAILABLE';
  if (!isAway || !location.startsWith('postgres:')) throw error;
  await delay(10);
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeForEver(writer)));
