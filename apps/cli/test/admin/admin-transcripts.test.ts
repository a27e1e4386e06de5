import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { play, temporaryFolder } from '../run-watchword.ts';
import { newInstallation, serve, signUp } from '../server-process.ts';

const NOBODY = '01990a3c-5b1e-7c3a-9d2f-1f6f3a0b8c4d';

/** Plays it once against a running server and once, on a copy from before, against the database alone. */
async function playTwice(t: TestContext, transcript: string): Promise<void> {
  const { url, data, environment } = await newInstallation(t);
  const stop = await serve(t, environment);
  const ada = await signUp(url, 'ada@example.com');
  const bob = await signUp(url, 'bob@example.com');
  await stop();
  const cold = join(await temporaryFolder(t), 'data');
  await cp(data, cold, { recursive: true });
  const text = transcript
    .replaceAll('ADA-1', ada.session)
    .replaceAll('BOB-1', bob.session)
    .replaceAll('ADA', ada.subject)
    .replaceAll('BOB', bob.subject)
    .replaceAll('ISSUER', url)
    .replaceAll('TIME', '‹…›Z');
  await serve(t, environment);
  for (const folder of [data, cold]) {
    await play(t, text, { environment: { ...environment, WATCHWORD_DATA: folder } });
  }
}

describe('with a server and without', () => {
  test('sessions are seen and ended', (t) =>
    playTwice(
      t,
      `
$ watchword sessions list
BOB-1	BOB	app	TIME	TIME	TIME	127.0.0.0/24	node
ADA-1	ADA	app	TIME	TIME	TIME	127.0.0.0/24	node
$ watchword sessions show ADA-1
id	ADA-1
subject	ADA
status	live
client	app
delivery	body
audience	ISSUER
proven by	pwd
network	127.0.0.0/24
user agent	node
started	TIME
last used	TIME
ends unused	TIME
ends at last	TIME
$ watchword sessions revoke ADA-1 ${NOBODY}
Ended ADA-1.
! There is no session ${NOBODY}, or it was forgotten some time after its end.
→ 1
$ watchword sessions revoke ADA-1
ADA-1 was over already.
$ watchword subjects show ADA
subject	ADA
live sessions	0
$ watchword subjects revoke BOB
! This ends 1 live session of BOB, and every token of theirs that is still good. It cannot be undone: they have to sign in again.
! There is no terminal to ask at: say --yes if that is what you want.
→ 2
$ watchword subjects revoke BOB --yes --json
{"sequence":2,"live_sessions":1,"dry_run":false,"receipts":null}
$ watchword sessions list
`,
    ));

  test('everything is revoked at once', (t) =>
    playTwice(
      t,
      `
$ watchword revoke-all
! This ends 2 live sessions of ISSUER, and every token that is still good. It cannot be undone: everybody has to sign in again.
! There is no terminal to ask at: say --yes if that is what you want.
→ 2
$ watchword revoke-all --yes
Ended 2 live sessions of ISSUER.
$ watchword revoke-all --yes --json
{"issuer":"ISSUER","sequence":2,"live_sessions":0,"dry_run":false,"receipts":null}
`,
    ));

  test('keys are rotated and killed', (t) =>
    playTwice(
      t,
      `
$ watchword keys list
‹16 base64url›	ES256	signing	TIME	
$ watchword keys rotate
‹16 base64url› signs now, with ES256. The key before it verifies what it has signed.
$ watchword keys list
‹16 base64url›	ES256	retiring	TIME	TIME
‹16 base64url›	ES256	signing	TIME	
$ watchword keys compromise nothing
! There is no key nothing. Which there are: watchword keys list
→ 1
$ watchword keys rotate --algorithm none
! error: option '-a, --algorithm <name>' argument 'none' is invalid. Allowed choices are ‹…›
! (--help shows the options, and examples)
→ 2
`,
    ));

  test('clients are registered, get another secret, and are deleted', (t) =>
    playTwice(
      t,
      `
$ watchword clients create --id api --role introspect
wwcs_‹43 base64url›
! The secret of the client api. It is shown this once.
$ watchword clients create --id api
! There is, or was, a client with this id. Choose another. (ERR_CLIENT_EXISTS)
→ 2
$ watchword clients rotate api --keep-former 1h --out FOLDER/api.secret
! The secret of the client api. It is in FOLDER/api.secret and nowhere else.
$ watchword clients rotate api --out FOLDER/api.secret
! error: FOLDER/api.secret exists already, and a key is never overwritten. Choose another name, or move that file away first.
→ 2
$ watchword clients show api
id	api
name	api
roles	introspect
created	TIME
secret since	TIME
former secret until	TIME
$ watchword clients rotate api --keep-former 8d
! error: option '--keep-former <time>' argument '8d' is invalid. Write seconds, minutes, hours or days, from 1s to 7d, such as 12h.
! (--help shows the options, and examples)
→ 2
$ watchword clients delete api
! This deletes the client api (api). It cannot be undone: its refresh tokens die with it, and the id is never given again.
! There is no terminal to ask at: say --yes if that is what you want.
→ 2
$ watchword clients delete api --yes
Deleted api.
$ watchword clients show api
! There is no client with this id. (ERR_CLIENT_UNKNOWN)
→ 1
`,
    ));
});
