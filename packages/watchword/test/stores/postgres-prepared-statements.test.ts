import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from 'pg';
import { startPgbouncer, startPostgres } from '../../../../tools/test-servers/index.ts';
import { createPreparedStatements } from '../../src/stores/postgres/prepared-statements.ts';

const TEXT = 'SELECT unnest($1::bigint[]) + 1';
/** Beyond the uses after which plans are made anew. */
const MANY = 300;

const server = await startPostgres({ after });

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // The servers may end before the clients.
  client.on('error', () => {});
  await client.connect();
  after(() => client.end().catch(() => undefined));
  return client;
}

test('a statement is prepared once for each connection, however often it is used', async () => {
  const prepared = createPreparedStatements();
  for (const client of [await connect(server.url), await connect(server.url)]) {
    for (let use = 0; use < MANY; use += 1) {
      assert.deepEqual((await prepared.run(client, TEXT, ['{1,2}'])).rows, [['2'], ['3']]);
    }
    const { rows } = await client.query<{ statement: string }>(
      'SELECT statement FROM pg_prepared_statements WHERE NOT from_sql',
    );
    assert.deepEqual(rows, [{ statement: TEXT }]);
  }
});

test('behind a pooler that knows no names, what is refused is sent without one, and so is all that follows', async () => {
  const pooler = await startPgbouncer(server, { after });
  const prepared = createPreparedStatements();
  const [client, other] = [await connect(pooler.url), await connect(pooler.url)];
  const run = async (): Promise<unknown> => (await prepared.run(client, TEXT, ['{1}'])).rows;
  assert.deepEqual(await run(), [['2']]);
  // Whoever is in a transaction has the connection that knows the name.
  await other.query('BEGIN');
  for (let use = 0; use < 3; use += 1) assert.deepEqual(await run(), [['2']]);
  const [refusal, ...more] = server.readLog().match(/ERROR: {2}prepared statement/g) ?? [];
  assert.ok(refusal !== undefined);
  assert.deepEqual(more, []);
  // A process that comes later meets the name that is there already.
  await other.query('ROLLBACK');
  const late = createPreparedStatements();
  for (let use = 0; use < 3; use += 1) {
    assert.deepEqual((await late.run(other, TEXT, ['{1}'])).rows, [['2']]);
  }
});

test('another failure is told, and names go on', async () => {
  const prepared = createPreparedStatements();
  const client = await connect(server.url);
  await assert.rejects(prepared.run(client, TEXT, ['{x}']), { code: '22P02' });
  assert.deepEqual((await prepared.run(client, TEXT, ['{1}'])).rows, [['2']]);
  const { rows } = await client.query('SELECT FROM pg_prepared_statements WHERE NOT from_sql');
  assert.equal(rows.length, 1);
});
