import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createWatchword } from 'watchword';
import { postgres } from 'watchword/postgres';
import { startPostgres } from '../../../../tools/test-servers/index.ts';
import { play, temporaryFolder, watchword } from '../run-watchword.ts';

const ISSUER = 'http://localhost:8787';
const SECRET = randomBytes(32).toString('hex');
// The library reads it from the process itself.
process.env['WATCHWORD_SECRET'] = SECRET;

const server = await startPostgres({ after });

test('the database is made, looked after and asked where no server runs', async (t) => {
  const url = await server.createDatabase('commands');
  const environment = {
    WATCHWORD_DATABASE_URL: url,
    WATCHWORD_DATA: join(await temporaryFolder(t), 'data'),
  };
  await play(
    t,
    `
$ watchword migrate --check
There is no database yet.
→ 1
$ watchword sessions list
! Nothing of Watchword is in the database that WATCHWORD_DATABASE_URL names. Name another, or say watchword migrate.
→ 2
$ watchword migrate --json
{"from":0,"to":‹…›,"needed":true,"migrated":true}
$ watchword migrate --check
The database is at version ‹…›, which is what this Watchword uses.
$ watchword migrate
The database is at version ‹…›, which is what this Watchword uses.
$ watchword backup FOLDER/backup.db
! This is for SQLite, and WATCHWORD_DATABASE_URL names a PostgreSQL server. Use what comes with it: pg_dump for one
! moment, or pg_basebackup and archived WAL for every moment (point-in-time restore). Keep WATCHWORD_SECRET elsewhere.
! After a restore: watchword store accept-restore --yes
→ 2
$ watchword restore FOLDER/backup.db
! This is for SQLite, and WATCHWORD_DATABASE_URL names a PostgreSQL server. Stop all servers and restore with what comes
! with it: pg_restore for a dump, or a base backup and archived WAL for a moment of your choice (point-in-time restore).
! Then wait 40 seconds, start the servers, say watchword store accept-restore --yes, and revoke once more what was revoked
! after that moment. If you do not know what it was: watchword revoke-all
→ 2
$ watchword store accept-restore --for 12h --yes
Accepted until ‹…›Z. What was revoked since the backup is live again: revoke it once more.
`,
    { environment },
  );
  assert.ok(!existsSync(join(environment.WATCHWORD_DATA, 'watchword.db')));
});

test('all that administers works on it', async (t) => {
  const url = await server.createDatabase('administered');
  const auth = await createWatchword({ issuer: ISSUER, store: postgres(url), secret: SECRET });
  const { session } = await auth.sessions.start({ subject: 'ada' });
  await auth.close();
  const environment = {
    WATCHWORD_DATABASE_URL: url,
    WATCHWORD_DATA: join(await temporaryFolder(t), 'data'),
  };
  const transcript = `
$ watchword sessions list
SESSION	ada	app	‹…›
$ watchword sessions revoke SESSION
Ended SESSION.
$ watchword subjects show ada
subject	ada
live sessions	0
$ watchword keys list
‹16 base64url›	HS256	signing	‹…›
$ watchword keys rotate
‹16 base64url› signs now, with HS256. The key before it verifies what it has signed.
$ watchword secrets rewrap
Nothing lies under a former secret.
$ watchword clients create --id api --role introspect
wwcs_‹43 base64url›
! The secret of the client api. It is shown this once.
$ watchword clients delete api --yes
Deleted api.
$ watchword revoke-all --yes
Ended no live session of ${ISSUER}.
`;
  await play(t, transcript.replaceAll('SESSION', session.id), { environment });
});

test('what is wrong is said in a sentence that shows no password', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const wrong = {
    'postgres://ada:sesame@127.0.0.1:1/app': /^The database cannot be used now \(/,
    'mysql://ada:sesame@127.0.0.1/app': /^[^\n]*WATCHWORD_DATABASE_URL[^\n]*\n$/,
    [server.url.replace('/watchword', '/nowhere')]: /./,
  };
  for (const [url, sentence] of Object.entries(wrong)) {
    for (const command of [['migrate', '--check'], ['migrate'], ['sessions', 'list']]) {
      const environment = { WATCHWORD_DATABASE_URL: url, WATCHWORD_DATA: data };
      const { stdout, stderr, exitCode } = await watchword(command, { environment });
      assert.deepEqual([stdout, exitCode], ['', 2], stderr);
      assert.match(stderr, sentence);
      assert.ok(!stderr.includes('sesame') && stderr.split('\n').length <= 3, stderr);
    }
  }
});
