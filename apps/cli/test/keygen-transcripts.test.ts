import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play, watchword } from './run-watchword.ts';

describe('secrets', () => {
  test('without anything else, 32 bytes in hex: what WATCHWORD_SECRET wants', (t) =>
    play(
      t,
      `
$ watchword keygen
‹64 hex›
$ watchword keygen secret
‹64 hex›
`,
    ));

  test('in other lengths and alphabets', (t) =>
    play(
      t,
      `
$ watchword keygen --bytes 48
‹96 hex›
$ watchword keygen secret --bytes 64
‹128 hex›
$ watchword keygen --format base64url
‹43 base64url›
$ watchword keygen secret -b 64 -f base64url
‹86 base64url›
$ watchword keygen --json
{"kind":"secret","bytes":32,"format":"hex","secret":"‹64 hex›"}
`,
    ));

  test('nothing that can be guessed, and nothing that only looks longer', (t) =>
    play(
      t,
      `
$ watchword keygen --bytes 31
! error: option '-b, --bytes <count>' argument '31' is invalid. Write a number from 32 to 64: fewer can be guessed, more gain nothing.
! (--help shows the options, and examples)
→ 2
$ watchword keygen secret --bytes 65
! error: option '-b, --bytes <count>' argument '65' is invalid. Write a number from 32 to 64: ‹…›
! (--help shows the options, and examples)
→ 2
$ watchword keygen secret --bytes 32.5
! error: option '-b, --bytes <count>' argument '32.5' is invalid. Write a number from 32 to 64: ‹…›
! (--help shows the options, and examples)
→ 2
$ watchword keygen secret --format base64
! error: option '-f, --format <format>' argument 'base64' is invalid. Allowed choices are hex, base64url.
! (--help shows the options, and examples)
→ 2
`,
    ));
});

describe('key pairs', () => {
  test('as a JWK with everything that a verifier must know', (t) =>
    play(
      t,
      `
$ watchword keygen ec
{"kty":"EC","use":"sig","alg":"ES256","kid":"‹43 base64url›","x":"‹43 base64url›","y":"‹43 base64url›","crv":"P-256","d":"‹43 base64url›"}
$ watchword keygen ec --curve p521
{"kty":"EC","use":"sig","alg":"ES512","kid":"‹43 base64url›","x":"‹88 base64url›","y":"‹88 base64url›","crv":"P-521","d":"‹88 base64url›"}
$ watchword keygen ed25519
{"kty":"OKP","use":"sig","alg":"EdDSA","kid":"‹43 base64url›","crv":"Ed25519","d":"‹43 base64url›","x":"‹43 base64url›"}
$ watchword keygen ed25519 --alg Ed25519
{"kty":"OKP","use":"sig","alg":"Ed25519","kid":‹…›
$ watchword keygen rsa --bits 2048 --alg PS256
{"kty":"RSA","use":"sig","alg":"PS256","kid":"‹43 base64url›","n":"‹342 base64url›","e":"AQAB","d":"‹base64url›","p":"‹171 base64url›","q":"‹171 base64url›","dp":"‹base64url›","dq":"‹base64url›","qi":"‹base64url›"}
`,
    ));

  test('as PEM, the public half too if it is asked for', (t) =>
    play(
      t,
      `
$ watchword keygen ed25519 --format pem
-----BEGIN PRIVATE KEY-----
‹…›
-----END PRIVATE KEY-----
$ watchword keygen ed25519 --format pem --public
-----BEGIN PRIVATE KEY-----
‹…›
-----END PRIVATE KEY-----
-----BEGIN PUBLIC KEY-----
‹…›
-----END PUBLIC KEY-----
`,
    ));

  test('as one object for a program', (t) =>
    play(
      t,
      `
$ watchword keygen ed25519 --json
{"kind":"ed25519","algorithm":"EdDSA","kid":"‹43 base64url›","format":"jwk","private":{"kty":"OKP",‹…›"d":‹…›},"public":{"kty":"OKP",‹…›}}
$ watchword keygen ec --format pem --json
{"kind":"ec","algorithm":"ES256","kid":"‹43 base64url›","format":"pem","private":"-----BEGIN PRIVATE KEY-----\\n‹…›","public":"-----BEGIN PUBLIC KEY-----\\n‹…›"}
`,
    ));

  test('only sizes, curves and forms that are any good', (t) =>
    play(
      t,
      `
$ watchword keygen rsa --bits 1024
! error: option '-b, --bits <bits>' argument '1024' is invalid. Write 2048, 3072 or 4096: less is broken or refused by verifiers, more is only slow.
! (--help shows the options, and examples)
→ 2
$ watchword keygen rsa --alg none
! error: option '-a, --alg <algorithm>' argument 'none' is invalid. Allowed choices are RS256, RS384, RS512, PS256, PS384, PS512.
! (--help shows the options, and examples)
→ 2
$ watchword keygen ec --curve secp256k1
! error: option '-c, --curve <curve>' argument 'secp256k1' is invalid. Write one of P-256, P-384, P-521. For Ed25519: watchword keygen ed25519.
! (--help shows the options, and examples)
→ 2
$ watchword keygen ec --format hex
! error: option '-f, --format <format>' argument 'hex' is invalid. Allowed choices are jwk, pem.
! (--help shows the options, and examples)
→ 2
`,
    ));
});

test('a mistake is answered with what to write instead', (t) =>
  play(
    t,
    `
$ watchword keygen dsa
! error: unknown kind of key 'dsa'. Write one of secret, rsa, ec, ed25519.
! (--help shows the options, and examples)
→ 2
$ watchword keygen dsa --bits 2048
! error: unknown kind of key 'dsa'. Write one of secret, rsa, ec, ed25519.
! (--help shows the options, and examples)
→ 2
$ watchword keygen --bits 4096
! error: unknown option '--bits' here. It belongs to: watchword keygen rsa
! (--help shows the options, and examples)
→ 2
$ watchword keygen -t ed25519
! error: unknown option '-t' here. The kind is a word of its own: watchword keygen rsa
! (--help shows the options, and examples)
→ 2
$ watchword keygen rsa --curve P-256
! error: unknown option '--curve' here. It belongs to: watchword keygen ec
! (--help shows the options, and examples)
→ 2
$ watchword keygen secret --bites 32
! error: unknown option '--bites'
! (Did you mean --bytes?)
! (--help shows the options, and examples)
→ 2
$ watchword keygen ec now
! error: too many arguments for 'ec'. Expected 0 arguments but got 1: now.
! (--help shows the options, and examples)
→ 2
$ watchword keygen ec --out
! error: option '-o, --out <file>' argument missing
! (--help shows the options, and examples)
→ 2
$ watchword keygen ec --out --json
! error: option '-o, --out <file>' argument '--json' is invalid. Write the name of a file, such as signing.jwk.
! (--help shows the options, and examples)
→ 2
`,
  ));

test('what is quoted from an argument cannot act on the terminal', async () => {
  const { stderr, exitCode } = await watchword(['keygen', 'a\u001b[2J\u009b\rb\u202e']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /'a\\u\{1b\}\[2J\\u\{9b\}\\u\{d\}b\\u\{202e\}'/);
});

describe('at a terminal', () => {
  test('a hint stands on standard error, and the key alone on standard output', async () => {
    const secret = await watchword(['keygen'], { terminal: true });
    assert.match(secret.stdout, /^[0-9a-f]{64}\n$/);
    assert.ok(secret.stderr.startsWith('\u001b[2m32 random bytes. Keep them out of git'), secret.stderr);

    const pair = await watchword(['keygen', 'ec'], { terminal: true, environment: { NO_COLOR: '1' } });
    const { kid } = JSON.parse(pair.stdout) as { kid: string };
    assert.equal(pair.stderr.split('\n')[0], `ES256, kid ${kid}`);
  });

  test('NO_COLOR is honoured, in hints and in help', async () => {
    for (const args of [['keygen'], ['keygen', '--help'], ['--help'], ['keygen', 'rsa', '--help']]) {
      const plain = await watchword(args, { terminal: true, environment: { NO_COLOR: '1' } });
      assert.ok(!`${plain.stdout}${plain.stderr}`.includes('\u001b'), args.join(' '));
      const coloured = await watchword(args, { terminal: true });
      assert.ok(`${coloured.stdout}${coloured.stderr}`.includes('\u001b['), args.join(' '));
    }
  });
});

describe('help', () => {
  for (const kind of ['', 'secret', 'rsa', 'ec', 'ed25519']) {
    test(`of keygen ${kind}: fits a terminal, and every example in it works`, async (t) => {
      const { stdout, stderr, exitCode } = await watchword(['keygen', kind, '--help'].filter(Boolean));
      assert.equal(exitCode, 0);
      assert.equal(stderr, '');
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);

      const examples = stdout.split('\n').flatMap((line) => {
        const [command = ''] = /watchword keygen[^|>)]*/.exec(line.startsWith('  $ ') ? line : '') ?? [];
        return command === '' ? [] : [command.split(/ {2,}/)[0]?.trim() ?? ''];
      });
      assert.ok(examples.length >= 3);
      for (const example of examples) {
        await play(
          t,
          `$ ${example.replace(/--out \S+/, '--json --out FOLDER/key')}\n{‹…›}`.replace(/\$.*\n/, (line) =>
            line.includes('--json') ? line : `${line.trimEnd()} --json\n`,
          ),
        );
      }
    });
  }
});
