import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { redactLine } from '../src/logging/redact-line.ts';
import { redactText } from '../src/logging/redact-text.ts';

const JWT = 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZSJ9.c2lnbmF0dXJl-_8';
const REFRESH = `wwr_${'aZ09-_'.repeat(13)}`;
const CLIENT_SECRET = `wwcs_${'aZ09-_'.repeat(7)}A`;
const ADMIN_CREDENTIAL = `wwadm_${'aZ09-_'.repeat(7)}A`;
const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIE\n-----END PRIVATE KEY-----\n';

/** What goes in, and what comes out. */
const HIDDEN: readonly (readonly [string, string])[] = [
  [`verified ${JWT} in 2 ms`, 'verified [redacted] in 2 ms'],
  [`x%20${JWT}&y`, 'x%20[redacted]&y'],
  [`billing ${CLIENT_SECRET}.`, 'billing [redacted].'],
  [`${CLIENT_SECRET.slice(0, 20)}… or ${ADMIN_CREDENTIAL}`, '[redacted]… or [redacted]'],
  [`eyJeyJ.${JWT}`, 'eyJeyJ.[redacted]'],
  [`refused ${REFRESH}, sorry`, 'refused [redacted], sorry'],
  [`a piece: ${REFRESH.slice(0, 30)}…`, 'a piece: [redacted]…'],
  [`an opaque session: ${REFRESH.replace('wwr_', 'wws_')}`, 'an opaque session: [redacted]'],
  [`Bearer ${JWT}`, 'Bearer [redacted]'],
  ['curl -H "Authorization: Bearer opaque/+~.=="', 'curl -H "Authorization: [redacted]'],
  ['got bearer opaque-1 twice', 'got bearer [redacted] twice'],
  ['DPoP%20opaque-1', 'DPoP%20[redacted]'],
  ['sent Basic dXNlcjpwYXNz to it', 'sent Basic [redacted] to it'],
  ['__Host-ww_at=opaque; Path=/', '__Host-ww_at=[redacted] Path=/'],
  ['theirs: __Secure-next-auth=opaque; Path=/', 'theirs: __Secure-next-auth=[redacted]; Path=/'],
  ['Cookie: theme=dark; session=opaque\r\nHost: a', 'Cookie: [redacted]\r\nHost: a'],
  ['set-cookie=a=b; Path=/', 'set-cookie=[redacted]'],
  ['POST email=a%40b.c&password=hunter2&x=1', 'POST email=a%40b.c&password=[redacted]&x=1'],
  ['password%3Dhunter2%26x', 'password%3D[redacted]'],
  [
    '%7B%22password%22%3A%22hunter2%22%2C%22a%22%3A1%7D',
    '%7B%22password%22%3A%22[redacted]%22%2C%22a%22%3A1%7D',
  ],
  ['new password: correct horse battery staple\nnext', 'new password: [redacted]\nnext'],
  ['{"password":"hun\\"ter2\\\\","a":1}', '{"password":"[redacted]","a":1}'],
  ['{"a":{"newPassword":12345678},"b":1}', '{"a":{"newPassword":[redacted]},"b":1}'],
  ['{"tokens":{"access":"opaque"},"b":1}', '{"tokens":[redacted]'],
  ['{"client_secret": "cut off in the mid', '{"client_secret": "[redacted]'],
  ['WATCHWORD_SECRET=0123456789abcdef', 'WATCHWORD_SECRET=[redacted]'],
  ['connect redis://:hunter2@p@ss@cache:6379 twice', 'connect redis://:[redacted]@cache:6379 twice'],
  ['connect postgres://watchword:hunter2@db:5432/ww', 'connect postgres://watchword:[redacted]@db:5432/ww'],
  ['Route GET:/callback?code=4%2F0Ab&state=x not found', 'Route GET:/callback?[redacted] not found'],
  [`key:\n${PEM}end`, 'key:\n[redacted]\nend'],
  [
    '{"kty":"EC","crv":"P-256","x":"public","d":"private"}',
    '{"kty":"EC","crv":"P-256","x":"public","d":"[redacted]"}',
  ],
  [inspect({ password: "it's", email: 'a@b.c' }), '{ password: "[redacted]", email: \'a@b.c\' }'],
  [inspect({ privateKey: PEM, id: 1 }), "{\n  privateKey: '[redacted]',\n  id: 1\n}"],
  [inspect(new Map([['access_token', 'opaque']])), "Map(1) { 'access_token' => '[redacted]' }"],
  [messageOf(() => JSON.parse('{"password":hunter2}')), 'Unexpected token [redacted] is not valid JSON'],
];

for (const [input, output] of HIDDEN) {
  test(`hidden: ${input.slice(0, 60).replaceAll(/\s/g, ' ')}`, () => assert.equal(redactText(input), output));
}

test('a secret inside JSON inside JSON inside JSON is found at each depth, and what surrounds it stays', () => {
  const secret = 'a "quoted" \\ back\\\\slashed \\" one\\';
  for (let depth = 1; depth <= 5; depth += 1) {
    let text = JSON.stringify({ before: 1, password: secret, after: 'still "here"' });
    let expected = JSON.stringify({ before: 1, password: '[redacted]', after: 'still "here"' });
    for (let level = 1; level < depth; level += 1) {
      text = JSON.stringify({ body: text });
      expected = JSON.stringify({ body: expected });
    }
    assert.equal(redactText(text), expected);
  }
});

/** What an operator needs to read. */
const UNTOUCHED: readonly string[] = [
  'Watchword listens on http://localhost:8787',
  'session 0192d3c4-5e6f-7abc-8def-0123456789ab revoked, sequence 41, at 2026-01-02T03:04:05.678Z',
  'jti Zm9vYmFyZm9vYmFyZm9vYg signed by kid NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  'SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  'refresh token was reused: session ended',
  'ERR_TOKEN_EXPIRED: The access token has expired. Refresh it.',
  'The password must have at least 8 characters; 15 are better.',
  'GET /auth/sessions/0192d3c4-5e6f-7abc-8def-0123456789ab 200 in 1.25 ms from ::1',
  'at rotate (file:///srv/watchword/dist/engine/refresh-token.js:12:5)',
  'WWW-Authenticate: Bearer realm="watchword", error="invalid_token"',
  'A Bearer token is missing, or the bearer is unknown',
  'Basic understanding of Basic Authentication helps. Is it basic?',
  'listening on 127.0.0.1:8787 and [::1]:8787, took 12,5 ms (really?)',
  'wwr_ is the prefix, eyJ the beginning, heyJude.mp3 a song',
];

for (const text of UNTOUCHED) {
  test(`left alone: ${text.slice(0, 60)}`, () => {
    assert.equal(redactText(text), text);
    const line = JSON.stringify({ level: 'info', msg: text, nested: [{ text }] });
    assert.equal(redactLine(`${line}\n`), `${line}\n`);
  });
}

test('redacting twice changes nothing more', () => {
  for (const [, output] of HIDDEN) assert.equal(redactText(output), output);
});

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
