import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createSessionId, type KeyId, type TokenId } from '../../domain/ids.ts';
import { startChain, type ChainState } from '../../domain/refresh-chain.ts';
import type { RevocationRecord } from '../../domain/revocation.ts';
import { revocationBytes } from '../../domain/revocation.ts';
import type { Session, SessionRecord } from '../../domain/session.ts';
import { epochMs, type EpochMs } from '../../domain/time.ts';
import { systemScheduler } from '../../platform/system-scheduler.ts';
import type { AccountRecord } from '../../ports/store/account-store.ts';
import type { StoredRoot, StoredSigningKey } from '../../ports/store/key-store.ts';
import type { RevocationLifetimes } from '../../ports/store/revocation-log.ts';
import type { ChainStep, SessionRoom } from '../../ports/store/session-store.ts';
import type { Store, StoreContext, StoreFactory } from '../../ports/store/store.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const LIFETIMES: RevocationLifetimes = { tokenMs: HOUR_MS, cutoffMs: 31 * DAY_MS };

/** Room for one session of each subject: a new one ends the one before. */
export const ONE_EACH: SessionRoom = {
  perSubject: 1,
  whenReached: 'end_oldest',
  except: undefined,
  lifetimes: LIFETIMES,
};

/** A store that nothing was written to, and the way to get rid of it. */
export interface StoreInstallation {
  readonly factory: StoreFactory;
  remove(): void | Promise<void>;
}

/** What a case of the contract works with: one installation, and the clock that its store believes. */
export interface Workbench {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  /** Opens another instance on the same installation; all are closed when the case is over. */
  open(): Promise<Store>;
  openMany(count: number): Promise<Store[]>;
  /** Makes an installation that has nothing to do with this one. */
  openElsewhere(): Promise<Store>;
  /** A row as the engine would build it, for use in `start`. */
  row(startedMs: EpochMs, overrides?: Partial<Session>, chain?: ChainState): SessionRecord;
  /** Starts a session of `subject`, for whose row the overrides hold. */
  start(store: Store, subject: string, overrides?: Partial<Session>): Promise<SessionRecord>;
  signingKey(announcedMs?: number): StoredSigningKey;
  root(purpose: StoredRoot['purpose'], version: number): StoredRoot;
  account(email: string): AccountRecord;
  tokenId(): TokenId;
}

export interface OpenWorkbench extends Workbench {
  /** Closes every store that is still open and removes every installation. */
  clear(): Promise<void>;
}

export type Install = () => StoreInstallation | Promise<StoreInstallation>;

/** One case: a sentence that holds, and how to find out. */
export interface BenchCase {
  readonly name: string;
  run(bench: Workbench): Promise<void>;
}

export async function createWorkbench(install: Install, seed: number): Promise<OpenWorkbench> {
  const clock = createFakeClock();
  const random = createSeededRandom(seed);
  const context: StoreContext = {
    clock,
    // Cases wait for stores that may wait for the network: their time is real, only what the clock says is not.
    scheduler: systemScheduler,
    random,
    digest: sha256,
    patienceMs: 5000,
  };
  const installation = await install();
  const installations = [installation];
  const opened: Store[] = [];

  async function openOn({ factory }: StoreInstallation): Promise<Store> {
    const store = await factory.open(context);
    opened.push(store);
    return store;
  }

  function row(startedMs: EpochMs, overrides: Partial<Session> = {}, chain = startChain(1)): SessionRecord {
    const session: Session = {
      id: createSessionId(startedMs, random.bytes(10)),
      subject: 'alice',
      clientId: 'app',
      delivery: 'cookie',
      remembered: true,
      audience: ['https://app.example'],
      scope: [],
      amr: ['pwd'],
      claims: {},
      authenticatedMs: startedMs,
      startedMs,
      lastRefreshedMs: startedMs,
      idleExpiresMs: epochMs(startedMs + 7 * DAY_MS),
      absoluteExpiresMs: epochMs(startedMs + 30 * DAY_MS),
      ...overrides,
    };
    return { session, chain, share: random.bytes(32) };
  }

  return {
    clock,
    random,
    open: () => openOn(installation),
    openMany: async (count) => {
      const stores: Store[] = [];
      while (stores.length < count) stores.push(await openOn(installation));
      return stores;
    },
    openElsewhere: async () => {
      const elsewhere = await install();
      installations.push(elsewhere);
      return openOn(elsewhere);
    },
    row,
    start: (store, subject, overrides) =>
      store.sessions.start(subject, (startedMs) => row(startedMs, { subject, ...overrides })),
    signingKey: (announcedMs = clock.nowMs()) => ({
      key: {
        id: randomText(random) as KeyId,
        algorithm: 'ES256',
        announcedMs: epochMs(announcedMs),
        signsFromMs: epochMs(announcedMs + HOUR_MS),
      },
      sealed: random.bytes(100),
    }),
    root: (purpose, version) => ({ purpose, version, createdMs: clock.nowMs(), sealed: random.bytes(80) }),
    account: (email) => ({
      account: { id: createSessionId(clock.nowMs(), random.bytes(10)), email, createdMs: clock.nowMs() },
      passwordHash: `$argon2id$v=19$m=1,t=1,p=1$${randomText(random)}`,
    }),
    tokenId: () => randomText(random) as TokenId,
    clear: async () => {
      await Promise.allSettled(opened.map((store) => store.close()));
      for (const { remove } of installations) await remove();
    },
  };
}

/** 16 random bytes as 22 characters. */
function randomText(random: SeededRandom): string {
  return Buffer.from(random.bytes(16)).toString('base64url');
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/** The step that a rotation asks for: one generation on. */
export function rotation(
  record: SessionRecord,
  atMs: EpochMs,
  expected: ChainState = record.chain,
): ChainStep {
  return {
    sessionId: record.session.id,
    expected,
    next: { ...expected, generation: expected.generation + 1, deliveredMs: atMs, settled: false },
    lastRefreshedMs: atMs,
    idleExpiresMs: epochMs(atMs + 7 * DAY_MS),
    place: {},
  };
}

/**
 * Checks that `records` follow `previousHash` without a gap, each hashed over its predecessor and its own
 * bytes.
 */
export function assertChained(
  records: readonly RevocationRecord[],
  from: { readonly sequence: number; readonly hash: Uint8Array },
): void {
  let { sequence, hash } = from;
  for (const record of records) {
    sequence += 1;
    assert.equal(record.sequence, sequence, 'sequence numbers have no gap');
    hash = sha256(Buffer.concat([hash, revocationBytes(record)]));
    assert.deepEqual(
      bytesOf(record.hash),
      bytesOf(hash),
      `the hash of entry ${sequence} covers its predecessor`,
    );
  }
}

export function bytesOf(bytes: Uint8Array): number[] {
  return Array.from(bytes);
}

/** The row of a session that must exist. */
export async function found(store: Store, record: SessionRecord): Promise<SessionRecord> {
  const reading = await store.sessions.find(record.session.id);
  assert.ok(reading !== undefined, 'the session is there');
  return reading.record;
}

/** Changes everything inside `value` that can be changed: if the store still holds it, it shows. */
export function spoil(value: unknown): void {
  if (value instanceof Uint8Array) {
    value.fill(0xee);
  } else if (Array.isArray(value)) {
    for (const item of value) spoil(item);
    if (!Object.isFrozen(value)) value.push('spoilt');
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) spoil(item);
    if (Object.isFrozen(value)) return;
    for (const [name, item] of Object.entries(value)) {
      if (typeof item === 'number') Reflect.set(value, name, item + 1);
      if (typeof item === 'string') Reflect.set(value, name, `${item} spoilt`);
    }
  }
}

/** Waits until `condition` holds; says what was waited for if it never does. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    if (condition()) return;
    await delay(5);
  }
  assert.fail(`${what}, within two seconds`);
}
