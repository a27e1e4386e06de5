import type { SessionId } from '../../domain/ids.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import type { EpochMs } from '../../domain/time.ts';
import type {
  RevocationLifetimes,
  RevocationRequest,
  RevocationResult,
} from '../../ports/store/revocation-log.ts';
import { chainEntry, tokenLongEntry } from '../revocation-entry.ts';
import { assertStorable } from '../storable-text.ts';
import { lockOfAll, lockOfSubject, type PostgresAccess } from './access.ts';
import type { Connection } from './connections.ts';
import { createCutOffs, type Outcome, type Step } from './cut-offs.ts';
import { createEndings } from './endings.ts';
import { createLogWriter } from './log-writer.ts';
import type { Lock } from './locks.ts';

/** What one caller asks for. */
export interface RevocationCall {
  readonly requests: readonly RevocationRequest[];
  readonly lifetimes: RevocationLifetimes;
}

/** Revocations inside a transaction. */
export interface Revoking {
  /** What the transaction has to hold from its beginning. Throws for what cannot be stored. */
  locksFor(requests: readonly RevocationRequest[]): readonly Lock[];
  /** Ends rows, notes cut-offs and appends the entries, for several callers in one go: to be the last step of the transaction. */
  apply(
    connection: Connection,
    atMs: EpochMs,
    calls: readonly RevocationCall[],
  ): Promise<readonly RevocationResult[]>;
}

/** The server has room for some thousand locks in all; one that excludes everybody is as good as many. */
const MOST_SUBJECT_LOCKS = 100;

export function createRevoking(access: PostgresAccess): Revoking {
  const cutOffs = createCutOffs(access);
  const endings = createEndings(access);
  const log = createLogWriter(access);

  function runOf(connection: Connection, atMs: EpochMs, steps: readonly Step[]): Promise<void> {
    const kind = steps[0]?.request.kind;
    if (kind === 'all') return cutOffs.all(connection, atMs, steps);
    return (kind === 'subject' ? cutOffs.subjects : endings.sessions)(connection, atMs, steps);
  }

  return {
    locksFor: (requests) => {
      const subjects = new Set<string>();
      for (const request of requests) {
        if (request.kind !== 'subject') continue;
        assertStorable(request.subject, 'The subject of a revocation');
        subjects.add(request.subject);
      }
      const isOfAll = subjects.size > MOST_SUBJECT_LOCKS || requests.some(({ kind }) => kind === 'all');
      if (isOfAll) return [lockOfAll(access, 'exclusive')];
      // Two that cut off one subject, and whoever starts a session of it, come one after the other.
      const locks = [...subjects].map((subject) => lockOfSubject(access, subject, 'exclusive'));
      return subjects.size === 0 ? [] : [lockOfAll(access, 'shared'), ...locks];
    },

    apply: async (connection, atMs, calls) => {
      const steps = calls.map(({ requests, lifetimes }) =>
        requests.map((request): Step => ({
          request,
          lifetimes,
          outcome: outcomeAlone(request, atMs, lifetimes),
        })),
      );
      for (const run of runsOf(steps.flat())) await runOf(connection, atMs, run);
      const entries = steps.flat().flatMap(({ outcome: { entry } }) => (entry === undefined ? [] : [entry]));
      let head = await log.head(connection, entries.length > 0);
      const records: RevocationRecord[] = [];
      const results = steps.map((ofCall): RevocationResult => {
        const own: RevocationRecord[] = [];
        for (const { outcome } of ofCall) {
          if (outcome.entry === undefined) continue;
          const record = chainEntry(head, outcome.entry, access.context.digest);
          head = { ...head, sequence: record.sequence, hash: record.hash };
          own.push(record);
        }
        records.push(...own);
        const endedSessions = ofCall.flatMap(({ outcome }) => outcome.ended);
        return { records: own, endedSessions, head: copyOf(head) };
      });
      if (records.length > 0) await log.append(connection, records, head);
      return results;
    },
  };
}

/** Of what ends no row the entry is known at once. */
function outcomeAlone(request: RevocationRequest, atMs: EpochMs, lifetimes: RevocationLifetimes): Outcome {
  if (request.kind !== 'token' && request.kind !== 'key') return { ended: [] };
  return { ended: [], entry: tokenLongEntry(request, { atMs, newestMs: atMs }, lifetimes) };
}

/** Steps that follow each other and can be one statement: of one kind, and none of them twice. */
function runsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const runs: Step[][] = [];
  let seen = new Set<string>();
  for (const step of steps) {
    const { request } = step;
    if (request.kind === 'token' || request.kind === 'key') continue;
    const run = runs.at(-1);
    const name = nameOf(request);
    if (run !== undefined && run[0]?.request.kind === request.kind && !seen.has(name)) run.push(step);
    else {
      runs.push([step]);
      seen = new Set();
    }
    seen.add(name);
  }
  return runs;
}

function nameOf(request: RevocationRequest): SessionId | string {
  if (request.kind === 'session') return request.sessionId;
  return request.kind === 'subject' ? request.subject : '';
}

function copyOf(head: LogHead): LogHead {
  return { ...head, hash: head.hash.slice() };
}
