import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWatchword, type Watchword } from 'watchword';
import { sqlite } from 'watchword/sqlite';
import { rotateOnPostgres } from './postgres-rotation.ts';
import { openStore, rotations, steps } from './store-rotations.ts';
import { inTurns, median, medianRatio, type Benchmark, type Contestant } from './benchmark.ts';

const ROUNDS = 15;
const COUNT = 640;
const CONCURRENT = 64;

/**
 * Durable rotations per second on SQLite with synchronous=FULL, like against like. Alone: the store's durable step against
 * the bare conditional statement through the driver. 64 at once: find and step against the textbook's find, delete, insert in one
 * transaction per request. And `refresh_…`, the whole of `auth.sessions.refresh` from the token's text to new tokens,
 * against the same two, which verify and mint nothing. On PostgreSQL: see `rotateOnPostgres`.
 */
export const rotation: Benchmark = {
  summary: 'durable rotations per second, alone and 64 at once',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
    const store = await openStore(sqlite(join(folder, 'store.db')));
    const auth = await createWatchword({
      issuer: 'http://localhost:1',
      store: sqlite(join(folder, 'ours.db')),
      raceWindowMs: 0,
      environment: 'development',
    });
    try {
      const speeds = await inTurns(
        {
          alone: await steps(store),
          rotationAlone: await rotations(store, 1),
          concurrent: await rotations(store, CONCURRENT),
          refreshAlone: await refreshes(auth, 1),
          refreshConcurrent: await refreshes(auth, CONCURRENT),
          statement: bareStatement(join(folder, 'statement.db')),
          textbook: findDeleteInsert(join(folder, 'textbook.db')),
        },
        { rounds: ROUNDS, count: COUNT },
      );
      const onPostgres = await rotateOnPostgres();
      return {
        ratios: {
          ...onPostgres.ratios,
          alone_vs_statement: medianRatio(speeds.alone, speeds.statement),
          concurrent64_vs_single_commit: medianRatio(speeds.concurrent, speeds.textbook),
          rotation_alone_vs_textbook: medianRatio(speeds.rotationAlone, speeds.textbook),
          refresh_alone_vs_statement: medianRatio(speeds.refreshAlone, speeds.statement),
          refresh64_vs_single_commit: medianRatio(speeds.refreshConcurrent, speeds.textbook),
        },
        figures: {
          ...onPostgres.figures,
          alone_per_second: median(speeds.alone),
          concurrent64_per_second: median(speeds.concurrent),
          refresh_alone_per_second: median(speeds.refreshAlone),
          refresh64_per_second: median(speeds.refreshConcurrent),
          statement_per_second: median(speeds.statement),
          textbook_per_second: median(speeds.textbook),
          rows_per_family: rowsPerFamily(join(folder, 'ours.db'), 1 + CONCURRENT),
        },
        versions: {
          node: process.version,
          sqlite: process.versions['sqlite'] ?? '',
          ...onPostgres.versions,
        },
      };
    } finally {
      await auth.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Each of `clients` refreshes its own session, one refresh after the other. */
async function refreshes(auth: Watchword, clients: number): Promise<Contestant> {
  const tokens = await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const { refreshToken } = await auth.sessions.start({ subject: `user-${client}` });
      return refreshToken;
    }),
  );
  return async (count) => {
    await Promise.all(
      tokens.map(async (_, client) => {
        for (let done = 0; done < count / clients; done += 1) {
          tokens[client] = (await auth.sessions.refresh(tokens[client] ?? '')).refreshToken;
        }
      }),
    );
  };
}

function openPeer(path: string, schema: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema}`);
  return database;
}

/** What a rotation cannot do without: one conditional update, one commit. */
function bareStatement(path: string): Contestant {
  const database = openPeer(
    path,
    'CREATE TABLE chains (id BLOB PRIMARY KEY, generation INTEGER, delivered_ms INTEGER) STRICT',
  );
  const id = randomBytes(16);
  database.prepare('INSERT INTO chains VALUES (?, 0, 0)').run(id);
  const advance = database.prepare(
    'UPDATE chains SET generation = ?, delivered_ms = ? WHERE id = ? AND generation = ? AND delivered_ms = ?',
  );
  let generation = 0;
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      advance.run(generation + 1, generation + 1, id, generation, generation);
      generation += 1;
    }
  };
}

/** The textbook: find the token, delete it, insert its successor, in one transaction per request. */
function findDeleteInsert(path: string): Contestant {
  const database = openPeer(
    path,
    'CREATE TABLE tokens (token TEXT PRIMARY KEY, subject TEXT, expires_ms INTEGER) STRICT',
  );
  const find = database.prepare('SELECT * FROM tokens WHERE token = ?');
  const remove = database.prepare('DELETE FROM tokens WHERE token = ?');
  const insert = database.prepare('INSERT INTO tokens VALUES (?, ?, ?)');
  let token = randomBytes(32).toString('hex');
  insert.run(token, 'user', 0);
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      const successor = randomBytes(32).toString('hex');
      database.exec('BEGIN IMMEDIATE');
      find.get(token);
      remove.run(token);
      insert.run(successor, 'user', Date.now());
      database.exec('COMMIT');
      token = successor;
    }
  };
}

function rowsPerFamily(path: string, families: number): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = Number(database.prepare('SELECT count(*) AS rows FROM sessions').get()?.['rows']);
  database.close();
  return rows / families;
}
