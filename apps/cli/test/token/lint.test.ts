import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { watchword } from '../run-watchword.ts';
import { GOOD_HEADER, goodClaims, unsignedToken } from './make-token.ts';

async function rulesOf(token: string): Promise<readonly string[]> {
  const { stdout, stderr, exitCode } = await watchword(['token', 'lint', '--json'], { input: token });
  assert.equal(stderr, '');
  const findings = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string>);
  for (const { rule, sentence, advice } of findings) {
    assert.match(rule ?? '', /^[a-z-]+$/);
    for (const text of [sentence, advice]) assert.match(text ?? '', /^[A-Za-z].*\.( .*)?$/);
  }
  assert.equal(exitCode, findings.length > 0 ? 1 : 0);
  return findings.map(({ rule = '' }) => rule).toSorted();
}

test('a good access token has nothing against it', async () => {
  assert.deepEqual(await rulesOf(unsignedToken(GOOD_HEADER, goodClaims())), []);
});

const now = Math.floor(Date.now() / 1000);

/** What is different from a good token, and what has to be found. A rule has to find its case, and no other. */
const CASES: readonly (readonly [header: object, claims: object, rules: readonly string[]])[] = [
  [{ alg: 'none' }, {}, ['alg-none']],
  [{ alg: 'nOnE' }, {}, ['alg-none']],
  [{ alg: undefined }, {}, ['alg-none']],
  [{ alg: 'RSA1_5' }, {}, ['alg-unknown']],
  [{ alg: 'HS256' }, {}, ['alg-symmetric']],
  [{ alg: 'PS512' }, {}, []],
  [{ alg: 'EdDSA' }, {}, []],
  [{ jku: 'https://evil.example' }, {}, ['header-key-address']],
  [{ x5u: 'https://evil.example' }, {}, ['header-key-address']],
  [{ jwk: {} }, {}, ['header-key']],
  [{ x5c: [] }, {}, ['header-key']],
  [{ crit: ['b64'], b64: false }, {}, ['header-crit']],
  [{ kid: undefined }, {}, ['kid-missing']],
  [{ kid: '../../dev/null' }, {}, ['kid-suspicious']],
  [{ kid: "x' UNION SELECT 'k" }, {}, ['kid-suspicious']],
  [{ kid: '/etc/passwd' }, {}, ['kid-suspicious']],
  [{ kid: 7 }, {}, ['kid-suspicious']],
  [{ typ: undefined }, {}, ['typ-missing']],
  [{ typ: 'JWT' }, {}, ['typ-generic']],
  [{ typ: 'invitation+jwt' }, {}, []],
  [{}, { iss: undefined }, ['iss-missing']],
  [{}, { sub: '' }, ['sub-missing']],
  [{}, { aud: [] }, ['aud-missing']],
  [{}, { aud: null }, ['aud-missing']],
  [{}, { jti: undefined }, ['jti-missing']],
  [{}, { iat: undefined }, ['iat-missing']],
  [{}, { exp: undefined }, ['exp-missing']],
  [{}, { exp: now + 3600 }, []],
  [{}, { exp: now + 3602 }, ['exp-far']],
  [{}, { iat: undefined, exp: now + 86_400 }, ['exp-far', 'iat-missing']],
  [{}, { exp: Date.now() + 900_000 }, ['time-malformed']],
  [{}, { exp: '2030-01-01' }, ['time-malformed']],
  [{}, { iat: now + 600, exp: now + 900 }, ['iat-future']],
  [{}, { nbf: now + 1000 }, ['nbf-after-exp']],
  [{}, { nbf: now }, []],
  [{}, { password: 'hunter2' }, ['claim-secret']],
  [{}, { user: { passwordHash: 'x' } }, ['claim-secret']],
  [{}, { note: '$argon2id$v=19$m=65536' }, ['claim-secret']],
  [{}, { email: 'ada@example.com' }, ['claim-email']],
  [{}, { email_verified: true }, []],
  [{}, { preferred_username: 'ada@example.com' }, ['claim-email']],
  [{}, { user: { contacts: ['ada@example.com'] } }, ['claim-email']],
  [{}, { pay: '4111 1111 1111 1111' }, ['claim-card']],
  [{}, { order: '4111 1111 1111 1112' }, []],
  [{}, { card_number: '1' }, ['claim-card']],
  [{}, { ssn: '078-05-1120' }, ['claim-national-id']],
  [{}, { ref: '078-05-1120' }, ['claim-national-id']],
  [{}, { birth_date: '1815-12-10' }, ['claim-personal']],
  [{}, { name: 'Ada Lovelace' }, ['claim-personal']],
  [{}, { username: 'ada', passes: 3, pinned: 'x', cardinality: 'x' }, []],
  [{}, { roles: Array.from({ length: 500 }, (_, index) => `role ${index}`) }, ['too-large']],
];

describe('findings', () => {
  for (const [header, claims, rules] of CASES) {
    const difference = JSON.stringify([header, claims]).slice(0, 70);
    test(`${difference}: ${rules.join(', ') || 'nothing'}`, async () => {
      const token = unsignedToken({ ...GOOD_HEADER, ...header }, { ...goodClaims(now), ...claims });
      assert.deepEqual(await rulesOf(token), rules);
    });
  }

  test('a signature that was removed', async () => {
    assert.deepEqual(await rulesOf(unsignedToken(GOOD_HEADER, goodClaims(), '')), ['signature-missing']);
  });

  for (const [algorithm, secret] of [
    ['HS256', 'your-256-bit-secret'],
    ['HS384', 'changeme'],
    ['HS512', ''],
  ]) {
    test(`a secret out of a tutorial, with ${algorithm}`, async () => {
      const token = unsignedToken({ ...GOOD_HEADER, alg: algorithm }, goodClaims(), '');
      const mac = createHmac(`sha${algorithm?.slice(2)}`, secret ?? '').update(token.slice(0, -1));
      assert.deepEqual(await rulesOf(token + mac.digest('base64url')), ['secret-known']);
    });
  }
});

test('for a person: the rule, a sentence, and what to do', async () => {
  const input = unsignedToken({ ...GOOD_HEADER, typ: 'JWT' }, goodClaims());
  const { stdout } = await watchword(['token', 'lint'], { input });
  assert.equal(
    stdout,
    'typ-generic: The header says only "JWT" for what kind of token it is (typ): one kind can be passed off as another.\n' +
      '  Write at+jwt for access tokens (RFC 9068), and another typ for each other kind.\n',
  );
});

test('what a token says cannot act on the terminal', async () => {
  const claims = { ...goodClaims(), 'e\u001b[2Jmail\u009b': { 'x\u202e': 'ada@example.com' } };
  const input = unsignedToken(GOOD_HEADER, claims);
  for (const args of [['lint'], ['lint', '--json'], ['decode'], ['decode', '--json']]) {
    for (const terminal of [true, false]) {
      const situation = { input, terminal, environment: { NO_COLOR: '1' } };
      const { stdout, stderr } = await watchword(['token', ...args], situation);
      assert.doesNotMatch(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      assert.match(stdout, /mail/);
    }
  }
});
