import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createWatchword } from '../../src/facade/index.ts';
import { sessionIdBytes } from '../../src/domain/ids.ts';
import { startChain } from '../../src/domain/refresh-chain.ts';
import { epochMs } from '../../src/domain/time.ts';
import { sqlite } from '../../src/stores/sqlite/index.ts';
import { INSERT_SESSION, sessionParameters } from '../../src/stores/sqlite/session-rows.ts';
import { countStatement, OF_ALL, OF_SUBJECT, scanStatement } from '../../src/stores/sqlite/session-scans.ts';
import { realContext, sessionRow } from './real-context.ts';
import { rounds } from './seed.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const ROWS = rounds(60_000, 300_000);
/** One in so many is live. */
const LIVE_ONE_IN = ROWS / 100;
const MINUTE_MS = 60_000;

/** A look takes some 5 ms; those of eight at once would take eight times as long, were they not one after the other. */
const MOST_PER_TURN_MS = 25;

async function databaseOf(t: TestContext): Promise<{ path: string; database: DatabaseSync }> {
  const { path: folder, remove } = createTemporaryFolder();
  t.after(remove);
  const path = join(folder, 'watchword.db');
  await (await sqlite(path).open(realContext())).close();
  const database = new DatabaseSync(path);
  t.after(() => database.isOpen && database.close());
  return { path, database };
}

/** Sessions of a long time, most of which have ended; two in three are of one subject. Row by row it would take a minute. */
function fill(database: DatabaseSync): void {
  const { session, share } = sessionRow(epochMs(Date.now()));
  const values: Record<string, string> = {
    id: `unhex(printf('%012x', ms) || '7' || substr(hex(randomblob(2)), 2) || 'a' || substr(hex(randomblob(8)), 2))`,
    subject: `iif(n % 3 = 0, 'user-' || n, 'robot')`,
    started_ms: 'ms',
    ended_ms: `iif(n % ${LIVE_ONE_IN} = 1, NULL, ms)`,
    ended_reason: `iif(n % ${LIVE_ONE_IN} = 1, NULL, 'signed_out')`,
    user_agent: `'a browser with a name as long as browsers have, 1.2.3 (X11; Linux x86_64)'`,
  };
  database.prepare(INSERT_SESSION).run(...sessionParameters({ session, chain: startChain(1), share }));
  const names = database.prepare('SELECT name FROM pragma_table_info(?)').all('sessions');
  const columns = names.map(({ name }) => String(name));
  database.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS - 1})
    INSERT INTO sessions (${columns.join()})
    SELECT ${columns.map((name) => values[name] ?? `sessions.${name}`).join()}
    FROM sessions, (SELECT n, ${Date.now() - 2 * MINUTE_MS - ROWS} + n AS ms FROM numbers)`);
  database.prepare('DELETE FROM sessions WHERE id = ?').run(sessionIdBytes(session.id));
}

test('scanning goes along an index, sorts nothing and reads no more rows than it may', async (t) => {
  const { database } = await databaseOf(t);
  const planOf = (sql: string): string =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
      .join('\n');
  for (const statement of [scanStatement, countStatement]) {
    const all = planOf(statement(OF_ALL));
    assert.match(all, /SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 \(id<\?\)/);
    assert.doesNotMatch(all, /SCAN sessions|TEMP B-TREE/);
    const subject = planOf(statement(OF_SUBJECT));
    assert.match(subject, /SEARCH sessions USING INDEX sessions_by_subject \(subject=\? AND started_ms<\?\)/);
    assert.doesNotMatch(subject, /SCAN sessions|TEMP B-TREE FOR ORDER BY/);
  }
});

test(`among ${ROWS} sessions the live ones are found and counted, and nobody is held up`, async (t) => {
  const { path, database } = await databaseOf(t);
  fill(database);
  database.close();
  const auth = await createWatchword({ issuer: 'http://localhost:3000', store: sqlite(path) });
  t.after(() => auth.close());
  const all = ROWS / LIVE_ONE_IN;
  const works: Record<string, () => Promise<unknown>> = {
    'count of all': async () => assert.equal(await auth.sessions.count(), all),
    'count of one subject': async () => assert.equal(await auth.sessions.count({ subject: 'robot' }), all),
    'page of all': async () => assert.equal((await auth.sessions.page({ limit: 1000 })).sessions.length, all),
    'page of one subject': async () => {
      const { sessions, next } = await auth.sessions.page({ subject: 'robot', limit: 1000 });
      assert.deepEqual([sessions.length, next], [all, undefined]);
    },
    'all at once': async () => Promise.all(Array.from({ length: 8 }, () => auth.sessions.count())),
  };
  for (const [name, work] of Object.entries(works)) {
    const { tookMs, perTurnMs, longestMs } = await measure(work);
    const figures = `${tookMs.toFixed()} ms; a turn worked ${perTurnMs.toFixed(1)} ms, the longest held ${longestMs.toFixed(1)} ms`;
    t.diagnostic(`${name}: ${figures}`);
    assert.ok(perTurnMs < MOST_PER_TURN_MS, `${name}: ${figures}`);
  }
});

/** How long each turn of the event loop worked; how long it was held says as much about what else the machine does. */
async function measure(work: () => Promise<unknown>) {
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  const histogram = monitorEventLoopDelay({ resolution: 2 });
  histogram.enable();
  await delay(10);
  count();
  const beganMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const tookMs = performance.now() - beganMs;
  isDone = true;
  await delay(10);
  histogram.disable();
  return { tookMs, perTurnMs: (user + system) / 1000 / turns, longestMs: histogram.max / 1e6 };
}
