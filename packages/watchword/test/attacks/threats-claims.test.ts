import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/errors/catalogue.ts';
import { createVerifier, type VerifierOptions } from '../../src/facade/verifier.ts';
import { attack } from '../facade/support/attack.ts';
import { codeOf } from '../facade/support/errors.ts';
import { AUDIENCE, createTarget, ISSUER, judgeClaims } from './support/target.ts';

const target = createTarget('HS256');

/** The verdict on a token in which one claim is the given JSON text, or missing. */
function withClaim(name: string, text: string | undefined): ErrorCode | undefined {
  const { [name]: _, ...rest } = target.claims;
  const members = JSON.stringify(rest).slice(1, -1);
  const claims = text === undefined ? `{${members}}` : `{${members},"${name}":${text}}`;
  return judgeClaims(target, target.signed(target.header, claims));
}

test('17. iss as an array, an object, empty or absent is refused, and so is any other issuer', () => {
  for (const text of [undefined, `["${ISSUER}"]`, `["${ISSUER}","https://evil.example"]`, '[]', '{}', '""']) {
    assert.equal(withClaim('iss', text), 'ERR_TOKEN_CLAIMS', text);
  }
  for (const text of ['null', '0', 'true', `{"0":"${ISSUER}"}`]) {
    assert.equal(withClaim('iss', text), 'ERR_TOKEN_CLAIMS', text);
  }
  const upper = ISSUER.toUpperCase();
  for (const issuer of [
    `${ISSUER}/`,
    `${ISSUER}.evil.example`,
    upper,
    ` ${ISSUER}`,
    'https://issuer.exampl\u0435',
  ]) {
    assert.equal(withClaim('iss', JSON.stringify(issuer)), 'ERR_TOKEN_ISSUER', issuer);
  }
});

test('17. aud empty, absent or of another type is refused, and so is one that names others', () => {
  const wrong = [
    undefined,
    '""',
    '[]',
    '[""]',
    'null',
    '0',
    'true',
    '{}',
    `{"0":"${AUDIENCE}"}`,
    `[["${AUDIENCE}"]]`,
  ];
  for (const text of [...wrong, `["${AUDIENCE}",1]`, `["${AUDIENCE}",null]`, `["${AUDIENCE}",""]`]) {
    assert.equal(withClaim('aud', text), 'ERR_TOKEN_CLAIMS', text);
  }
  for (const audience of ['*', `${AUDIENCE}/`, `${AUDIENCE} other`, AUDIENCE.slice(0, -1), 'api.example']) {
    assert.equal(withClaim('aud', JSON.stringify(audience)), 'ERR_TOKEN_AUDIENCE', audience);
    assert.equal(withClaim('aud', JSON.stringify([audience])), 'ERR_TOKEN_AUDIENCE', audience);
  }
  for (const audience of [undefined, '', [], [''], null, 0]) {
    const options = { issuer: ISSUER, audience, keys: [target.key.jwk] } as unknown as VerifierOptions;
    assert.equal(
      codeOf(() => createVerifier(options)),
      'ERR_CONFIG',
      'nor may the verifier want nobody',
    );
  }
});

const OTHER_TYPES = [
  'JWT',
  'id+jwt',
  'confirm+jwt',
  'logout+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'invitation+jwt',
];

test('18. an ID, refresh, confirmation, logout or custom token is no access token, for a verifier', () => {
  for (const typ of [...OTHER_TYPES, '', 'application/jwt', 'at', 'jwt+at', 'at+jwt\n', ['at+jwt'], null]) {
    assert.equal(
      judgeClaims(target, target.signed({ ...target.header, typ })),
      'ERR_TOKEN_TYPE',
      JSON.stringify(typ),
    );
  }
  const { typ: _, ...untyped } = target.header;
  assert.equal(judgeClaims(target, target.signed(untyped)), 'ERR_TOKEN_TYPE');
  const invitations = createTarget('HS256', { typ: 'invitation+jwt' });
  assert.equal(
    judgeClaims(invitations, invitations.signed({ ...invitations.header, typ: 'at+jwt' })),
    'ERR_TOKEN_TYPE',
  );
  for (const name of ['sid', 'client_id', 'ww_gen', 'jti']) {
    assert.equal(withClaim(name, undefined), 'ERR_TOKEN_CLAIMS', `a typ alone is not enough: ${name}`);
  }
});

test('18. nor for the issuer itself, which made them', async (t) => {
  const { auth, accessToken, withHeader } = await attack(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
  const invitation = await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 60 });
  assert.equal(
    codeOf(() => auth.verify(refreshToken)),
    'ERR_TOKEN_MALFORMED',
  );
  assert.equal(
    codeOf(() => auth.verify(invitation)),
    'ERR_TOKEN_TYPE',
  );
  assert.equal(
    codeOf(() => auth.tokens.verify(accessToken, { typ: 'invitation+jwt' })),
    'ERR_TOKEN_TYPE',
  );
  for (const typ of OTHER_TYPES) {
    assert.equal(
      codeOf(() => auth.verify(withHeader({ typ }))),
      'ERR_TOKEN_TYPE',
    );
  }
});

test('19. exp missing, negative, a string, 1e400 or beyond all sense is refused; passed, it is expired', () => {
  const future = Math.floor(Date.now() / 1000) + 600;
  const wrong = [
    undefined,
    '-1',
    '-0.5',
    `"${future}"`,
    '1e400',
    '-1e400',
    '1e15',
    '253402300800',
    'null',
    'true',
  ];
  for (const text of [...wrong, `[${future}]`, '{}', '""', '"2099-01-01"']) {
    assert.equal(withClaim('exp', text), 'ERR_TOKEN_CLAIMS', text);
  }
  for (const seconds of [0, 1, 1_000_000_000, future - 601]) {
    assert.equal(withClaim('exp', `${seconds}`), 'ERR_TOKEN_EXPIRED', `${seconds}`);
  }
  assert.equal(withClaim('exp', `${future * 1000}`), 'ERR_TOKEN_CLAIMS', 'milliseconds for seconds');
});

test('19. nbf and iat likewise, and the future is refused beyond a skew of 30 s', () => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  for (const name of ['nbf', 'iat']) {
    for (const text of ['-1', `"${nowSeconds}"`, '1e400', '253402300800', 'null', 'true', '[]', '{}']) {
      assert.equal(withClaim(name, text), 'ERR_TOKEN_CLAIMS', `${name} ${text}`);
    }
    for (const ahead of [35, 3600, 1_000_000]) {
      assert.equal(withClaim(name, `${nowSeconds + ahead}`), 'ERR_TOKEN_NOT_YET_VALID', `${name} ${ahead}`);
    }
    assert.equal(withClaim(name, `${nowSeconds + 20}`), undefined, `${name}: a skew of 20 s`);
  }
  assert.equal(withClaim('iat', undefined), 'ERR_TOKEN_CLAIMS');
  assert.equal(withClaim('nbf', undefined), undefined, 'nbf is optional');
});

test('20. a regular expression is taken nowhere, and text that looks like one is only itself', () => {
  const right: VerifierOptions = { issuer: ISSUER, audience: AUDIENCE, keys: [target.key.jwk] };
  for (const changes of [{ issuer: /issuer/ }, { audience: /./ }, { audience: [/./] }, { typ: /jwt/ }]) {
    const options = { ...right, ...changes } as unknown as VerifierOptions;
    assert.equal(
      codeOf(() => createVerifier(options)),
      'ERR_CONFIG',
    );
  }
  for (const wanted of [{ audience: /./ }, { audience: [/./] }, { scope: /./ }, { scope: [/./] }]) {
    assert.equal(
      codeOf(() => target.verifier.verify(target.token, wanted as object)),
      'ERR_OPTION',
    );
  }
  for (const audience of ['.*', '^https://api.example$', '(a+)+$', 'https://api?example']) {
    const verifier = createVerifier({ ...right, audience });
    assert.equal(judgeClaims({ verifier }, target.token), 'ERR_TOKEN_AUDIENCE', audience);
  }
  assert.equal(
    codeOf(() => target.verifier.verify(target.token, { scope: '.*' })),
    'ERR_TOKEN_SCOPE',
  );
  const dotted = createVerifier({ ...right, issuer: 'https://issuer.example' });
  const lookalike = { ...target.claims, iss: 'https://issuerxexample' };
  assert.equal(
    judgeClaims({ verifier: dotted }, target.signed(target.header, lookalike)),
    'ERR_TOKEN_ISSUER',
  );
});

test('20. claims that blow a backtracking matcher up are judged at once', () => {
  const begunMs = performance.now();
  const hostile = `${'a'.repeat(5000)}!`;
  for (const name of ['iss', 'aud', 'sub', 'scope', 'jti', 'sid', 'client_id']) {
    for (const value of [hostile, ' '.repeat(5000), '-'.repeat(5000)]) withClaim(name, JSON.stringify(value));
  }
  assert.ok(performance.now() - begunMs < 2000, 'it took long');
});
