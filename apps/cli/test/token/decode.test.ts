import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder, watchword } from '../run-watchword.ts';
import { GOOD_HEADER, unsignedToken } from './make-token.ts';

const TOKEN = unsignedToken(GOOD_HEADER, { sub: 'ada', exp: 1_763_770_000, roles: ['a', 'b'], n: 1.5 });

describe('token decode', () => {
  test('prints header and claims, explains times, and says that nothing is verified', async () => {
    const { stdout, stderr, exitCode } = await watchword(['token', 'decode'], { input: TOKEN });
    assert.deepEqual([stderr, exitCode], ['', 0]);
    assert.match(
      stdout.replace(/, \d+ d ago/, ', … ago'),
      new RegExp(
        [
          '^Header',
          'alg\tES256',
          'kid\t46tdORaikTE8ecni',
          'typ\tat\\+jwt',
          '',
          'Claims',
          'sub\tada',
          'exp\t1763770000  2025-11-22T00:06:40\\.000Z, … ago',
          'roles\t\\["a","b"\\]',
          'n\t1\\.5',
          '',
          'Not verified',
          'The signature \\(3 bytes\\) was not checked: anybody can write such a token\\. To check it: watchword token verify',
          '$',
        ].join('\n'),
      ),
    );
  });

  test('as one object', async () => {
    const { stdout } = await watchword(['token', 'decode', '--json'], { input: TOKEN });
    assert.deepEqual(JSON.parse(stdout), {
      verified: false,
      header: GOOD_HEADER,
      claims: { sub: 'ada', exp: 1_763_770_000, roles: ['a', 'b'], n: 1.5 },
      times: { exp: '2025-11-22T00:06:40.000Z' },
      signature_bytes: 3,
    });
  });

  test('is aligned, coloured, and asks for the token where a person sits', async () => {
    const seen = await watchword(['token', 'decode'], { input: TOKEN, terminal: true });
    assert.match(seen.stderr, /Paste the token, then press Enter and Ctrl-D\./);
    assert.ok(seen.stdout.includes('\u001b[1mHeader\u001b[22m\n\u001b[1malg\u001b[22m  ES256\n'));
    const plain = await watchword(['token', 'decode'], {
      input: TOKEN,
      terminal: true,
      environment: { NO_COLOR: '1' },
    });
    assert.ok(!plain.stdout.includes('\u001b'));
    assert.match(plain.stdout, /^sub {4}ada$/m);
  });

  for (const input of [`  ${TOKEN}\n`, `Bearer ${TOKEN}`, `Authorization: Bearer ${TOKEN}\r\n`]) {
    test(`takes it as it was copied: ${JSON.stringify(input.slice(0, 24))}`, async () => {
      const { stdout } = await watchword(['token', 'decode', '--json'], { input });
      assert.equal((JSON.parse(stdout) as { claims: { sub: string } }).claims.sub, 'ada');
    });
  }

  test('reads a file', async (t) => {
    const file = join(await temporaryFolder(t), 'token.txt');
    await writeFile(file, TOKEN);
    assert.equal((await watchword(['token', 'decode', '--file', file])).exitCode, 0);
    const missing = await watchword(['token', 'decode', '--file', `${file}.none`]);
    assert.deepEqual([missing.stdout, missing.exitCode], ['', 2]);
    assert.match(missing.stderr, /^The file .*token\.txt\.none cannot be read: ENOENT/);
  });

  const refusals: readonly (readonly [string, RegExp])[] = [
    ['', /^There is no token to read\./],
    ['one.two', /^That is no JWT: it has to have three parts/],
    ['a.b.c.d.e', /^That is an encrypted token \(JWE\)/],
    ['e30.bm8.x', /^That is no JWT: its payload is not JSON in base64url\./],
    ['W10.e30.x', /^That is no JWT: its header is not a JSON object\./],
    ['wwr_abc', /^That is a refresh token of Watchword/],
    ['wws_abc', /^That is an opaque session of Watchword/],
  ];
  for (const [input, sentence] of refusals) {
    test(`refuses ${JSON.stringify(input)}`, async () => {
      const { stdout, stderr, exitCode } = await watchword(['token', 'decode'], { input });
      assert.deepEqual([stdout, exitCode], ['', 2]);
      assert.match(stderr, sentence);
    });
  }

  test('takes no token as an argument, which everybody on the machine could see', async () => {
    const { stderr, exitCode } = await watchword(['token', 'decode', TOKEN]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /too many arguments/);
  });
});
