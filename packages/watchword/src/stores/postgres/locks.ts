import { createHash } from 'node:crypto';

/**
 * What a transaction excludes others from while it goes on: the start of sessions, of one subject or of anybody. Advisory locks
 * of the transaction, so that they end with it and mean nothing to a pooler.
 */
export interface Lock {
  /** What it stands for is hashed to this. */
  readonly key: bigint;
  readonly mode: 'shared' | 'exclusive';
}

/** `parts` name what is locked, the schema first: locks are the database's. */
export function lockOf(mode: Lock['mode'], ...parts: readonly string[]): Lock {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  return { key: digest.readBigInt64BE(), mode };
}

/**
 * Whatever the role or the database has set: what a statement sees has to be what was committed before it, and not what was before
 * the locks were waited for.
 */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

export interface Beginning {
  readonly locks: readonly Lock[];
  readonly mayBeLost: boolean;
  readonly patienceMs: number;
}

/**
 * Begins a transaction, in one round trip, that the server itself gives up on when its client has: a process that stands
 * still must not hold the head of the log. Locks are taken in one order by
 * everybody. It gives `now_ms`, the store's clock once they are.
 */
export function beginStatement({ locks, mayBeLost, patienceMs }: Beginning, now: string): string {
  const patience = Math.ceil(patienceMs);
  const settings = [
    `SET LOCAL statement_timeout = ${patience}`,
    // Waiting for a lock is a part of that, whatever the role has set.
    'SET LOCAL lock_timeout = 0',
    // Others have not lost their patience by then, and get what it holds.
    `SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(patienceMs / 2)}`,
    ...(mayBeLost ? ['SET LOCAL synchronous_commit = off'] : []),
  ];
  const taking = inOrder(locks).map(({ key, mode }) => {
    const take = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
    return `SELECT ${take}(${key})`;
  });
  return [BEGIN, ...settings, ...taking, `SELECT ${now} AS now_ms`].join('; ');
}

/** One lock for each key; exclusive where anybody wants it so. */
function inOrder(locks: readonly Lock[]): Lock[] {
  const byKey = new Map<bigint, Lock>();
  for (const lock of locks) if (byKey.get(lock.key)?.mode !== 'exclusive') byKey.set(lock.key, lock);
  return [...byKey.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
