import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder, watchword, type Outcome } from '../run-watchword.ts';
import { newInstallation, serve, signUp, type SignedIn } from '../server-process.ts';

/**
 * Every administrating command, in this order. `ADA` and `BOB` stand for subjects, `ADA-1` and so on for sessions, `FORMER` and
 * `KEY` for the keys that were found, and `OUT` for a file that does not exist.
 */
const TRANSCRIPT = `
sessions list
sessions list --json
sessions list --subject ADA
sessions list --subject nobody --json
sessions list --limit 1
sessions show ADA-1
sessions show ADA-1 --json
sessions show 01990a3c-5b1e-7c3a-9d2f-1f6f3a0b8c4d
sessions show %2e%2e%2fkeys
sessions revoke ADA-1
sessions revoke ADA-1 --json
sessions revoke nonsense ADA-1 BOB-1
sessions show ADA-1
subjects show ADA
subjects show a/b?c#d
subjects show nobody --json
subjects revoke ADA
subjects revoke ADA --yes
subjects revoke ADA --yes --json
keys list
keys list --json
keys rotate
keys rotate --algorithm ES256 --json
keys list
keys compromise unknown
keys compromise KEY
keys compromise KEY --yes
keys compromise KEY --yes --json
keys list --json
secrets rewrap
secrets rewrap --json
clients list
clients create --id api --name TheAPI --role introspect service
clients create --id api
clients create --id app
clients create --id verifier --role verifier --json
clients create --id filed --out OUT --json
clients create --id unfiled --out OUT
clients list
clients list --json
clients show api
clients show api --json
clients show unknown
clients rotate api
clients rotate api --keep-former 1h --json
clients rotate unknown
clients rotate api --keep-former 8d
clients delete api
clients delete api --yes
clients delete api --yes
clients delete verifier --yes --json
clients list --json
feed status
feed status --json
revoke-all
revoke-all --yes
revoke-all --yes --wait
revoke-all --yes --json
sessions list
`
  .trim()
  .split('\n');

test('a command says the same whether a server runs or the database is opened', async (t) => {
  const hot = await newInstallation(t);
  const stop = await serve(t, hot.environment);
  const ada = await signUp(hot.url, 'ada@example.com');
  const bob = await signUp(hot.url, 'bob@example.com');
  await stop();
  const cold = { ...hot.environment, WATCHWORD_DATA: join(await temporaryFolder(t), 'data') };
  await cp(hot.data, cold.WATCHWORD_DATA, { recursive: true });
  await serve(t, hot.environment);

  const names = await nameThings(t, ada, bob);
  const [warm, chilled] = [await names.playAll(hot.environment, 'hot'), await names.playAll(cold, 'cold')];
  for (const [index, command] of TRANSCRIPT.entries()) {
    assert.deepEqual(chilled[index], warm[index], `$ watchword ${command}`);
  }
  const codes = Object.fromEntries(TRANSCRIPT.map((command, index) => [command, warm[index]?.exitCode]));
  const odd = Object.fromEntries(Object.entries(codes).filter(([, code]) => code !== 0));
  assert.deepEqual(odd, EXPECTED_CODES);
  const said = Object.fromEntries(TRANSCRIPT.map((command, index) => [command, warm[index]]));
  for (const [command, pattern] of Object.entries(EXPECTED_TEXTS)) {
    const { stdout = '', stderr = '' } = said[command] ?? {};
    assert.match(stdout + stderr, pattern, `$ watchword ${command}`);
  }
});

const EXPECTED_CODES = {
  'sessions show 01990a3c-5b1e-7c3a-9d2f-1f6f3a0b8c4d': 1,
  'sessions show %2e%2e%2fkeys': 1,
  'sessions revoke nonsense ADA-1 BOB-1': 1,
  'subjects revoke ADA': 2,
  'keys compromise unknown': 1,
  'keys compromise KEY': 2,
  'clients create --id api': 2,
  'clients create --id app': 2,
  'clients create --id unfiled --out OUT': 2,
  'clients show unknown': 1,
  'clients rotate unknown': 1,
  'clients rotate api --keep-former 8d': 2,
  'clients delete api': 2,
  // The second time it is gone; the first time stands under the same name.
  'clients delete api --yes': 1,
  'revoke-all': 2,
};

const EXPECTED_TEXTS: Readonly<Record<string, RegExp>> = {
  'sessions list': /^$/,
  'sessions list --subject nobody --json': /^$/,
  'sessions list --limit 1': /^BOB-1\tBOB\tapp\tTIME\tTIME\tTIME\t127\.0\.0\.0\/24\tnode\n$/,
  'sessions revoke ADA-1': /^Ended ADA-1\.\n$/,
  'sessions revoke ADA-1 --json': /^\{"id":"ADA-1","sequence":\d+,"revoked":false,"receipts":null\}\n$/,
  'sessions revoke nonsense ADA-1 BOB-1': /There is no session nonsense,/,
  'sessions show ADA-1': /^status\tended \(revoked\) at TIME$/m,
  'subjects show ADA': /^subject\tADA\nlive sessions\t0\n$/,
  'subjects show a/b?c#d': /^subject\ta\/b\?c#d\nlive sessions\t0\n$/,
  'subjects revoke ADA': /There is no terminal to ask at: say --yes if that is what you want\.\n$/,
  'keys rotate': /^KEY-ID signs now, with ES256\. /,
  'keys compromise KEY --yes': /^KEY is dead, and what it signed\.\n$/,
  'clients create --id api --name TheAPI --role introspect service':
    /^SECRET\nThe secret of the client api\. It is shown this once\.\n$/,
  'clients create --id app': /^id: An id has 1 to 64 .* \(ERR_BODY_INVALID\)\n$/,
  'clients create --id filed --out OUT --json': /^\{"client":\{"id":"filed",.*"file":"OUT"\}\n$/,
  'clients create --id unfiled --out OUT': /^error: OUT exists already, and a key is never overwritten/,
  'clients list': /^api\tTheAPI\tintrospect service\tTIME\t\n/,
  'revoke-all': /^This ends no live session of http:\/\/localhost:\d+, and every token /,
};

async function nameThings(t: TestContext, ada: SignedIn, bob: SignedIn) {
  const folder = await temporaryFolder(t);
  return {
    /** What every command of the transcript said, with what differs from run to run replaced by what it is. */
    async playAll(environment: Readonly<Record<string, string>>, name: string): Promise<readonly Outcome[]> {
      const keys = await watchword(['keys', 'list'], { environment });
      const values: Readonly<Record<string, string>> = {
        'ADA-1': ada.session,
        'BOB-1': bob.session,
        ADA: ada.subject,
        BOB: bob.subject,
        KEY: keys.stdout.split('\t')[0] ?? '',
        OUT: join(folder, name),
      };
      const outcomes: Outcome[] = [];
      for (const command of TRANSCRIPT) {
        const args = command.split(' ').map((word) => values[word] ?? word);
        const outcome = await watchword(args, { environment });
        outcomes.push({
          ...outcome,
          stdout: anonymous(outcome.stdout, values),
          stderr: anonymous(outcome.stderr, values),
        });
      }
      return outcomes;
    },
  };
}

function anonymous(text: string, values: Readonly<Record<string, string>>): string {
  const named = Object.entries(values).reduce((rest, [name, value]) => rest.replaceAll(value, name), text);
  return named
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/wwcs_[\w-]{43}/g, 'SECRET')
    .replaceAll(/(?<=^|"kid":")[\w-]{16}(?=["\t ])/gm, 'KEY-ID');
}
