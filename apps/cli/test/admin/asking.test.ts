import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { watchword, type Outcome } from '../run-watchword.ts';
import { newInstallation, refresh, serve, signUp } from '../server-process.ts';

const NO_COLOR = { NO_COLOR: '1' };

async function installationWithTwo(t: TestContext) {
  const installation = await newInstallation(t);
  const stop = await serve(t, installation.environment);
  const ada = await signUp(installation.url, 'ada@example.com');
  await signUp(installation.url, 'bob@example.com');
  const environment = { ...installation.environment, ...NO_COLOR };
  const at = (input: string, ...args: string[]): Promise<Outcome> =>
    watchword(args, { terminal: true, environment, input });
  return { ...installation, environment, ada, at, stop };
}

describe('at a terminal', () => {
  test('revoke-all says what it would hit, and does nothing but for the number typed', async (t) => {
    const { at, url, ada } = await installationWithTwo(t);
    for (const typed of ['', '\n', 'y\n', 'yes\n', '3\n', '22\n']) {
      const { stdout, stderr, exitCode } = await at(typed, 'revoke-all');
      assert.deepEqual([stdout, exitCode], ['', 2], JSON.stringify(typed));
      assert.ok(
        stderr.startsWith(
          `This ends 2 live sessions of ${url}, and every token that is still good. It cannot be undone`,
        ),
      );
      assert.match(stderr, /Type 2 to go on: \n?Nothing was done\.\n$/);
    }
    const { status, json } = await refresh(url, ada.refreshToken);
    assert.equal(status, 200);
    const { stdout, exitCode } = await at('2\n', 'revoke-all');
    assert.deepEqual([stdout, exitCode], [`Ended 2 live sessions of ${url}.\n`, 0]);
    assert.equal((await refresh(url, json.refresh_token)).status, 401);
  });

  test('subjects revoke wants the number, keys compromise the kid, clients delete the id', async (t) => {
    const { at, ada } = await installationWithTwo(t);
    const ofAda = await at('2\n', 'subjects', 'revoke', ada.subject);
    assert.equal(ofAda.exitCode, 2);
    assert.match(ofAda.stderr, /^This ends 1 live session of .*Type 1 to go on: Nothing was done\.\n$/s);
    assert.equal((await at('1\n', 'subjects', 'revoke', ada.subject)).exitCode, 0);

    const [, kid = ''] = (await at('', 'keys', 'list')).stdout.split(/\s+(?=\S+\s+ES256)/);
    const id = kid.split(' ')[0] ?? '';
    assert.equal((await at('yes\n', 'keys', 'compromise', id)).exitCode, 2);
    assert.equal((await at(`${id}\n`, 'keys', 'compromise', id)).exitCode, 0);

    await at('', 'clients', 'create', '--id', 'api');
    assert.equal((await at('app\n', 'clients', 'delete', 'api')).exitCode, 2);
    assert.equal((await at(' api \n', 'clients', 'delete', 'api')).exitCode, 0);
  });

  test('tables are aligned, and times are as long ago as they are', async (t) => {
    const { at } = await installationWithTwo(t);
    const { stdout } = await at('', 'sessions', 'list');
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /^ID +SUBJECT +CLIENT +STARTED +LAST USED +EXPIRES +NETWORK +USER AGENT$/);
    for (const title of ['SUBJECT', 'CLIENT', 'STARTED', 'NETWORK']) {
      const column = lines[0]?.indexOf(title) ?? 0;
      for (const line of lines) assert.match(line.slice(column - 1), /^ \S/, title);
    }
    assert.match(
      lines[1] ?? '',
      / {2}app +(?:\d+ s ago|now) +(?:\d+ s ago|now) +in 6 d +127\.0\.0\.0\/24 +node$/,
    );
    const empty = await at('', 'sessions', 'list', '--subject', 'nobody');
    assert.deepEqual([empty.stdout, empty.stderr], ['', 'Nobody is signed in.\n']);
    const cut = await at('', 'sessions', 'list', '--limit', '1');
    assert.equal(cut.stderr, 'There are more: --limit 1 shows the newest only.\n');
  });

  test('an algorithm that was chosen by hand stays', async (t) => {
    const { at } = await installationWithTwo(t);
    const { stdout, stderr, exitCode } = await at('', 'keys', 'rotate', '--algorithm', 'EdDSA');
    assert.match(stdout, /^[\w-]{16} signs now, with EdDSA\./);
    assert.deepEqual([stderr, exitCode], ['', 0]);
    assert.match((await at('', 'keys', 'rotate')).stdout, /signs now, with EdDSA\./);
  });
});

test('without a terminal a dangerous act wants --yes, and says so', async (t) => {
  const { environment, ada, url } = await installationWithTwo(t);
  for (const args of [['revoke-all'], ['subjects', 'revoke', ada.subject]]) {
    const { stdout, stderr, exitCode } = await watchword(args, { environment, input: '2\n1\n' });
    assert.deepEqual([stdout, exitCode], ['', 2]);
    assert.match(
      stderr,
      /cannot be undone[^]*\nThere is no terminal to ask at: say --yes if that is what you want\.\n$/,
    );
  }
  assert.equal((await refresh(url, ada.refreshToken)).status, 200);
});
