import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { play, temporaryFolder, watchword } from './run-watchword.ts';

test('--out writes a file instead, and never over another', (t) =>
  play(
    t,
    `
$ watchword keygen --out FOLDER/secret
$ watchword keygen --out FOLDER/secret
! error: FOLDER/secret exists already, and a key is never overwritten. Choose another name, or move that file away first.
→ 2
$ watchword keygen --json --out FOLDER/another
{"kind":"secret","bytes":32,"format":"hex","file":"FOLDER/another"}
$ watchword keygen ec --out FOLDER/signing.jwk
$ watchword keygen ec --out FOLDER/signing.jwk
! error: FOLDER/signing.jwk exists already, and a key is never overwritten. Choose another name, or move that file away first.
→ 2
$ watchword keygen ec --out FOLDER/second.jwk --public
{"kty":"EC","use":"sig","alg":"ES256","kid":"‹43 base64url›","x":"‹43 base64url›","y":"‹43 base64url›","crv":"P-256"}
$ watchword keygen ec --out FOLDER/third.jwk --json
{"kind":"ec","algorithm":"ES256","kid":"‹43 base64url›","format":"jwk","file":"FOLDER/third.jwk","public_file":"FOLDER/third.jwk.pub","public":{‹…›"crv":"P-256"}}
$ watchword keygen --out -
‹64 hex›
`,
  ));

test('where a file cannot be, a sentence says why and what to do', (t) =>
  play(
    t,
    `
$ watchword keygen --out FOLDER/missing/secret
! error: There is no folder for FOLDER/missing/secret. Create it first (mkdir -p), or choose another name.
→ 2
$ watchword keygen --out FOLDER/
! error: FOLDER/ is a folder. Add the name of a file to it.
→ 2
$ watchword keygen --out FOLDER
! error: FOLDER exists already, and a key is never overwritten. Choose another name, or move that file away first.
→ 2
$ watchword keygen --out FOLDER/secret
$ watchword keygen --out FOLDER/secret/below
! error: A part of FOLDER/secret/below is a file, not a folder. Choose another name.
→ 2
`,
  ));

test('the private half is for its owner alone and the public half for all, whatever the umask', async (t) => {
  const folder = await temporaryFolder(t);
  const umask = process.umask(0o022);
  t.after(() => process.umask(umask));
  for (const mask of [0o000, 0o022, 0o077, 0o177]) {
    process.umask(mask);
    const secret = join(folder, `secret-${mask}`);
    const key = join(folder, `key-${mask}`);
    assert.equal((await watchword(['keygen', '--out', secret])).exitCode, 0);
    assert.equal((await watchword(['keygen', 'ed25519', '--out', key])).exitCode, 0);
    assert.equal((await stat(secret)).mode & 0o777, 0o600);
    assert.equal((await stat(key)).mode & 0o777, 0o600);
    assert.equal((await stat(`${key}.pub`)).mode & 0o777, 0o644);
  }
});

test('the files hold what standard output would have', async (t) => {
  const folder = await temporaryFolder(t);
  const secret = join(folder, 'secret');
  await watchword(['keygen', 'secret', '--bytes', '64', '--out', secret]);
  assert.match(await readFile(secret, 'utf8'), /^[0-9a-f]{128}\n$/);

  const pem = join(folder, 'key.pem');
  await watchword(['keygen', 'rsa', '--bits', '2048', '--format', 'pem', '--out', pem]);
  const [privateKey, publicKey] = [
    createPrivateKey(await readFile(pem)),
    createPublicKey(await readFile(`${pem}.pub`)),
  ];
  assert.ok(createPublicKey(privateKey).equals(publicKey));
  assert.match(await readFile(`${pem}.pub`, 'utf8'), /^-----BEGIN PUBLIC KEY-----\n/);

  const jwk = join(folder, 'key.jwk');
  await watchword(['keygen', 'ec', '--out', jwk]);
  const [own, others] = [
    JSON.parse(await readFile(jwk, 'utf8')),
    JSON.parse(await readFile(`${jwk}.pub`, 'utf8')),
  ];
  const { d, ...rest } = own;
  assert.match(d, /^[\w-]{43}$/);
  assert.deepEqual(rest, others);
});

test('a public half that exists already stops the whole: no private half is left behind', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'key.pub'), 'precious');
  const { stderr, stdout, exitCode } = await watchword([
    'keygen',
    'ec',
    '--out',
    join(folder, 'key'),
    '--public',
  ]);
  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /key\.pub exists already/);
  assert.deepEqual(await readdir(folder), ['key.pub']);
  assert.equal(await readFile(join(folder, 'key.pub'), 'utf8'), 'precious');
});

test('a symbolic link is not followed, even one that leads nowhere', async (t) => {
  const folder = await temporaryFolder(t);
  await symlink(join(folder, 'elsewhere'), join(folder, 'link'));
  const { exitCode, stderr } = await watchword(['keygen', '--out', join(folder, 'link')]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /exists already/);
  assert.deepEqual(await readdir(folder), ['link']);
  assert.ok((await lstat(join(folder, 'link'))).isSymbolicLink());
});

test('of ten that want the same file at once, one gets it', async (t) => {
  const file = join(await temporaryFolder(t), 'key');
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => watchword(['keygen', 'ed25519', '--out', file])),
  );
  assert.equal(outcomes.filter(({ exitCode }) => exitCode === 0).length, 1);
  const { d: _, ...own } = JSON.parse(await readFile(file, 'utf8'));
  assert.deepEqual(own, JSON.parse(await readFile(`${file}.pub`, 'utf8')));
});

test('a folder that may not be written to', async (t) => {
  const folder = await folderWithoutRights(t);
  const { exitCode, stderr } = await watchword(['keygen', '--out', join(folder, 'key')]);
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    `error: ${folder}/key cannot be created: its folder may not be written to. Choose a folder of your own.\n`,
  );
});

test('at a terminal the files are named, and standard output stays empty', async (t) => {
  const file = join(await temporaryFolder(t), 'key');
  const { stdout, stderr } = await watchword(['keygen', 'ec', '--out', file], {
    terminal: true,
    environment: { NO_COLOR: '1' },
  });
  assert.equal(stdout, '');
  assert.ok(
    stderr.endsWith(
      `Wrote the private key to ${file}, which only you can read, and the public one to ${file}.pub.\n`,
    ),
  );
});

async function folderWithoutRights(t: TestContext): Promise<string> {
  // Root may write everywhere, but not even root makes files there.
  if (process.getuid?.() === 0 && process.platform === 'linux') return '/sys';
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o500);
  return folder;
}
