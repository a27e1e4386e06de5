import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { postgres } from 'watchword/postgres';
import { startPostgres } from '../tools/test-servers/index.ts';
import { inTurns, median, medianRatio, type BenchmarkResult, type Contestant } from './benchmark.ts';
import { openStore, rotations } from './store-rotations.ts';

const ROUNDS = 9;
const COUNT = 1280;
const CONCURRENT = 64;

/** Find and step on PostgreSQL, 64 at once, against the textbook's transaction of five statements, on one server. */
export async function rotateOnPostgres(): Promise<BenchmarkResult> {
  const server = await startPostgres();
  const store = await openStore(postgres(server.url));
  const textbook = new Pool({ connectionString: server.url, max: CONCURRENT });
  try {
    const contestants = {
      ours: await rotations(store, CONCURRENT),
      textbook: await fiveStatements(textbook),
    };
    const speeds = await inTurns(contestants, { rounds: ROUNDS, count: COUNT });
    const { rows } = await textbook.query<{ server_version: string }>('SHOW server_version');
    return {
      ratios: { postgres64_vs_five_statements: medianRatio(speeds.ours, speeds.textbook) },
      figures: {
        postgres64_per_second: median(speeds.ours),
        five_statements64_per_second: median(speeds.textbook),
      },
      versions: { postgresql: rows[0]?.server_version ?? '' },
    };
  } finally {
    await textbook.end();
    await store.close();
    await server.close();
  }
}

/** Begin, find the token and lock it, delete it, insert its successor, commit: each client with its own token and connection. */
async function fiveStatements(pool: Pool): Promise<Contestant> {
  await pool.query(
    'CREATE TABLE tokens (token text PRIMARY KEY, subject text NOT NULL, expires_ms bigint NOT NULL)',
  );
  const tokens = Array.from({ length: CONCURRENT }, () => randomBytes(32).toString('hex'));
  for (const token of tokens) await pool.query("INSERT INTO tokens VALUES ($1, 'user', 0)", [token]);

  async function rotate(token: string): Promise<string> {
    const successor = randomBytes(32).toString('hex');
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ subject: string }>(
        'SELECT * FROM tokens WHERE token = $1 FOR UPDATE',
        [token],
      );
      await client.query('DELETE FROM tokens WHERE token = $1', [token]);
      await client.query('INSERT INTO tokens VALUES ($1, $2, $3)', [successor, rows[0]?.subject, Date.now()]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    return successor;
  }

  return async (count) => {
    await Promise.all(
      tokens.map(async (_, client) => {
        for (let done = 0; done < count / CONCURRENT; done += 1)
          tokens[client] = await rotate(tokens[client] ?? '');
      }),
    );
  };
}
