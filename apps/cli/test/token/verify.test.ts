import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, watchword } from '../run-watchword.ts';
import { newInstallation, serve, signUp } from '../server-process.ts';
import { GOOD_HEADER, goodClaims, unsignedToken } from './make-token.ts';

test('a token is verified by a JWKS, and by the installation that knows what was revoked', async (t) => {
  const { url, environment } = await newInstallation(t);
  const stop = await serve(t, environment);
  const { accessToken: input, session, subject } = await signUp(url, 'ada@example.com');
  const jwks = join(await temporaryFolder(t), 'jwks.json');
  await writeFile(jwks, await (await fetch(`${url}/.well-known/jwks.json`)).text());
  const byJwks = ['token', 'verify', '--jwks', jwks, '--issuer', url, '--audience', url];

  for (const args of [byJwks, ['token', 'verify']]) {
    const { stdout, stderr, exitCode } = await watchword(args, { input, environment });
    assert.deepEqual([stderr, exitCode], ['', 0]);
    const facts = Object.fromEntries(stdout.split('\n').map((line) => line.split('\t')));
    assert.equal(facts['verified'], 'yes');
    assert.deepEqual([facts['issuer'], facts['subject'], facts['session']], [url, subject, session]);
    const json = JSON.parse((await watchword([...args, '--json'], { input, environment })).stdout);
    assert.deepEqual([json.verified, json.claims.sid], [true, session]);
  }

  const refused: readonly (readonly [readonly string[], string, RegExp])[] = [
    [[...byJwks.slice(0, -1), 'https://other.example'], input, /somebody else\..* \(ERR_TOKEN_AUDIENCE\)\n$/],
    [['token', 'verify', '--audience', 'x'], input, /\(ERR_TOKEN_AUDIENCE\)\n$/],
    [byJwks, `${input.slice(0, -8)}AAAAAAAA`, /\(ERR_TOKEN_SIGNATURE\)\n$/],
    [byJwks, unsignedToken(GOOD_HEADER, goodClaims()), /\(ERR_TOKEN_KEY_UNKNOWN\)\n$/],
    [byJwks, 'nonsense', /\(ERR_TOKEN_MALFORMED\)\n$/],
    [[...byJwks, '--typ', 'invitation+jwt'], input, /\(ERR_TOKEN_TYPE\)\n$/],
    [['token', 'verify', '--typ', 'invitation+jwt'], input, /\(ERR_TOKEN_TYPE\)\n$/],
  ];
  for (const [args, token, sentence] of refused) {
    const { stdout, stderr, exitCode } = await watchword(args, { input: token, environment });
    assert.deepEqual([stdout, exitCode], ['', 1], args.join(' '));
    assert.match(stderr, sentence);
  }

  assert.equal((await watchword(['sessions', 'revoke', session], { environment })).exitCode, 0);
  assert.equal(
    (await watchword(byJwks, { input, environment })).exitCode,
    0,
    'a JWKS knows of no revocation',
  );
  for (const still of ['runs', 'was stopped']) {
    const { stdout, exitCode } = await watchword(['token', 'verify', '--json'], { input, environment });
    const { verified, code } = JSON.parse(stdout) as { verified: boolean; code: string };
    assert.deepEqual([verified, code, exitCode], [false, 'ERR_TOKEN_REVOKED', 1], `the server ${still}`);
    await stop();
  }
});

test('what it cannot verify with is said before a token is read', async (t) => {
  const folder = await temporaryFolder(t);
  const jwks = join(folder, 'jwks.json');
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['{"keys":[]}', ['--jwks', jwks], /--jwks needs --issuer and --audience/],
    ['{"keys":[]}', ['--issuer', 'https://a.example'], /--issuer goes with --jwks/],
    ['[', ['--jwks', jwks, '--issuer', 'https://a.example', '--audience', 'b'], /The JWKS is not JSON/],
    ['{"keys":[]}', ['--jwks', jwks, '--issuer', 'https://a.example', '--audience', 'b'], /key/],
    [
      '{"keys":[{"kty":"oct"}]}',
      ['--jwks', jwks, '--issuer', 'https://a.example', '--audience', 'b'],
      /^The JWK has no `alg`/,
    ],
    ['', ['--data', join(folder, 'none')], /There is no database in .*none/],
    ['', ['--jwks', join(folder, 'none')], /--jwks needs --issuer/],
  ];
  for (const [keys, args, sentence] of cases) {
    await writeFile(jwks, keys);
    const { stdout, stderr, exitCode } = await watchword(['token', 'verify', ...args]);
    assert.deepEqual([stdout, exitCode], ['', 2], args.join(' '));
    assert.match(stderr, sentence);
    assert.doesNotMatch(stderr, /Something broke/);
  }
});
