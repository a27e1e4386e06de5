import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryFolder, watchword } from '../run-watchword.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

async function scriptOf(shell: string): Promise<string> {
  const { stdout, stderr, exitCode } = await watchword(['completion', shell]);
  assert.deepEqual([stderr, exitCode], ['', 0]);
  return stdout;
}

for (const shell of SHELLS) {
  const parse = shell === 'fish' ? '--no-execute' : '-n';
  const skip = !isInstalled(shell) && `${shell} is not installed`;
  test(`the script for ${shell} is one that it can read`, { skip }, async (t) => {
    const file = join(await temporaryFolder(t), 'script');
    await writeFile(file, await scriptOf(shell));
    const { stderr } = await promisify(execFile)(shell, [parse, file]);
    assert.equal(stderr, '');
  });
}

test('every script names every command and every option', async () => {
  const { stdout: help } = await watchword(['keys', 'rotate', '--help']);
  assert.match(help, /--algorithm/);
  for (const shell of SHELLS) {
    const script = await scriptOf(shell);
    for (const place of [
      'sessions/revoke',
      'keys/compromise',
      'token/lint',
      'store/accept-restore',
      'help',
    ]) {
      assert.ok(script.includes(place), `${shell} has ${place}`);
    }
    for (const option of ['keep-former', 'algorithm', 'EdDSA', 'accept-restore', 'introspect']) {
      assert.ok(script.includes(option), `${shell} has ${option}`);
    }
  }
});

test('another shell is refused', async () => {
  const { stderr, exitCode } = await watchword(['completion', 'tcsh']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /Allowed choices are bash, zsh, fish\./);
});

/** What a real bash offers when the Tab key is pressed after the last word. */
async function complete(script: string, ...words: readonly string[]): Promise<readonly string[]> {
  const quoted = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  const program = `${script}
COMP_WORDS=(${quoted.join(' ')}); COMP_CWORD=${words.length - 1}; _watchword; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', program]);
  assert.equal(stderr, '');
  return stdout.split('\n').filter(Boolean);
}

describe('in a real bash', { skip: !isInstalled('bash') && 'bash is not installed' }, () => {
  const cases: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
    [['watchword', 'rev'], ['revoke-all']],
    [
      ['watchword', 'se'],
      ['secrets', 'serve', 'sessions'],
    ],
    [['watchword', 'sessions', 're'], ['revoke']],
    [['watchword', 'sessions', 'list', '--s'], ['--subject']],
    [
      ['watchword', 'keys', 'rotate', '--algorithm', 'E'],
      ['ES256', 'ES384', 'ES512', 'EdDSA'],
    ],
    [['watchword', 'keys', 'rotate', '-a', 'HS5'], ['HS512']],
    [['watchword', 'keygen', 'ec', '--f'], ['--format']],
    [['watchword', 'clients', 'create', '--id', 'keys', '--ro'], ['--role']],
    [['watchword', 'clients', 'create', '--role', 'v'], ['verifier']],
    [['watchword', 'help', 'ke'], []],
    [['watchword', 'backup', 'x'], []],
    [['watchword', 'backup', '--data', ''], []],
    [['watchword', 'nonsense', 'tok'], ['token']],
  ];
  for (const [words, offered] of cases) {
    test(`${words.join(' ')}⇥`, async () => {
      assert.deepEqual(
        (await complete(await scriptOf('bash'), ...words)).toSorted(),
        [...offered].toSorted(),
      );
    });
  }

  test('all commands are offered where none is begun', async () => {
    const offered = await complete(await scriptOf('bash'), 'watchword', '');
    for (const name of ['serve', 'sessions', 'token', 'backup', 'help', '--version'])
      assert.ok(offered.includes(name), name);
  });
});
