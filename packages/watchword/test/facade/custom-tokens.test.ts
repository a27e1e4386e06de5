import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyId } from '../../src/domain/ids.ts';
import type { IssueToken } from '../../src/facade/index.ts';
import { codeOf, rejection } from './support/errors.ts';
import { createInstallation, ISSUER } from './support/installation.ts';
import { forge, readToken } from './support/tokens.ts';

const INVITATION: IssueToken = { typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 60, claims: { team: 7 } };

describe('a token of a custom kind', () => {
  test('has these claims and no others', async (t) => {
    const { auth } = await createInstallation(t).open();
    const token = await auth.tokens.issue(INVITATION);
    const { header, payload } = readToken(token);
    assert.deepEqual(Object.keys(header).toSorted(), ['alg', 'kid', 'typ']);
    assert.equal(header['typ'], 'invitation+jwt');
    const { jti, ...rest } = payload;
    assert.equal(typeof jti, 'string');
    assert.deepEqual(rest, {
      iss: ISSUER,
      aud: ISSUER,
      sub: 'ada',
      iat: 1_767_225_600,
      exp: 1_767_225_660,
      team: 7,
    });
  });

  test('is taken as its kind, with or without application/, in any case', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const token = await auth.tokens.issue(INVITATION);
    const { header, payload } = readToken(token);
    const key = (await installation.ring()).signingKeys.get(header['kid'] as KeyId)?.jws;
    assert.ok(key !== undefined);
    for (const typ of ['invitation+jwt', 'INVITATION+JWT', 'application/invitation+jwt']) {
      const verified = auth.tokens.verify(forge(key, { ...header, typ }, payload), { typ: 'invitation+jwt' });
      assert.equal(verified.claims['team'], 7);
      assert.equal(verified.sessionId, undefined);
    }
  });

  test('and an access token are never taken for each other, nor for another kind', async (t) => {
    const { auth } = await createInstallation(t).open();
    const custom = await auth.tokens.issue(INVITATION);
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    assert.equal(
      codeOf(() => auth.verify(custom)),
      'ERR_TOKEN_TYPE',
    );
    assert.equal(
      codeOf(() => auth.tokens.verify(accessToken, { typ: 'invitation+jwt' })),
      'ERR_TOKEN_TYPE',
    );
    assert.equal(
      codeOf(() => auth.tokens.verify(custom, { typ: 'reset+jwt' })),
      'ERR_TOKEN_TYPE',
    );
    assert.equal(
      codeOf(() => auth.tokens.verify(accessToken, { typ: 'at+jwt' })),
      'ERR_OPTION',
    );
  });

  test('is not taken for an access token even if its typ were one: it has no session', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { header, payload } = readToken(await auth.tokens.issue(INVITATION));
    const key = (await installation.ring()).signingKeys.get(header['kid'] as KeyId)?.jws;
    assert.ok(key !== undefined);
    assert.equal(
      codeOf(() => auth.verify(forge(key, { ...header, typ: 'at+jwt' }, payload))),
      'ERR_TOKEN_CLAIMS',
    );
  });

  test('is told apart by ASCII letters only', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const { header, payload } = readToken(await auth.tokens.issue({ ...INVITATION, typ: 'link+jwt' }));
    const key = (await installation.ring()).signingKeys.get(header['kid'] as KeyId)?.jws;
    assert.ok(key !== undefined);
    const kelvin = forge(key, { ...header, typ: 'lin\u212a+jwt' }, payload);
    assert.equal(
      codeOf(() => auth.tokens.verify(kelvin, { typ: 'link+jwt' })),
      'ERR_TOKEN_TYPE',
    );
  });

  test('expires, has an audience and a scope to be checked as an access token has', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const token = await auth.tokens.issue({ ...INVITATION, audience: ['a', 'b'] });
    const typ = 'invitation+jwt';
    assert.equal(auth.tokens.verify(token, { typ, audience: 'b' }).subject, 'ada');
    assert.equal(
      codeOf(() => auth.tokens.verify(token, { typ })),
      'ERR_TOKEN_AUDIENCE',
    );
    assert.equal(
      codeOf(() => auth.tokens.verify(token, { typ, audience: 'b', scope: 'x' })),
      'ERR_TOKEN_SCOPE',
    );
    installation.later(60_000);
    assert.equal(
      codeOf(() => auth.tokens.verify(token, { typ, audience: 'b' })),
      'ERR_TOKEN_EXPIRED',
    );
  });

  test('is told by an event without the token', async (t) => {
    const { auth, events } = await createInstallation(t).open();
    const token = await auth.tokens.issue(INVITATION);
    assert.deepEqual(events, [
      { type: 'token_issued', atMs: 1_767_225_600_000, typ: 'invitation+jwt', subject: 'ada' },
    ]);
    assert.ok(!JSON.stringify(events).includes(token));
  });
});

describe('the kind of a token', () => {
  const standard = [
    'at+jwt',
    'jwt',
    'JWT',
    'dpop+jwt',
    'confirm+jwt',
    'logout+jwt',
    'secevent+jwt',
    'statuslist+jwt',
    'ww-feed+jwt',
    'id+jwt',
  ];
  const misspelt = [
    '',
    'x',
    'x+JWT',
    'X+jwt',
    'x+jwt ',
    ' x+jwt',
    'application/x+jwt',
    '+jwt',
    '-x+jwt',
    'x y+jwt',
    'é+jwt',
    `${'x'.repeat(64)}+jwt`,
    'x+jwt\n',
  ];
  for (const typ of [...standard, ...misspelt, 42, null, undefined, ['x+jwt']] as readonly string[]) {
    test(`may not be ${JSON.stringify(typ)}`, async (t) => {
      const { auth, events } = await createInstallation(t).open();
      assert.equal((await rejection(auth.tokens.issue({ ...INVITATION, typ }))).code, 'ERR_OPTION');
      assert.equal(
        codeOf(() => auth.tokens.verify('a.b.c', { typ })),
        'ERR_OPTION',
      );
      assert.deepEqual(events, []);
    });
  }
});

describe('the life of a custom token', () => {
  for (const ttlSeconds of [0, -1, 3601, 1.5, Number.NaN, Infinity, '60'] as readonly number[]) {
    test(`may not be ${ttlSeconds} seconds`, async (t) => {
      const { auth } = await createInstallation(t).open();
      assert.equal((await rejection(auth.tokens.issue({ ...INVITATION, ttlSeconds }))).code, 'ERR_OPTION');
    });
  }
});

describe('what is said of a custom token', () => {
  const wrong: readonly object[] = [
    { subject: '' },
    { subject: 42 },
    { subject: 'a\0' },
    { claims: [] },
    { claims: null },
    { audience: [] },
    { audience: '' },
    { audience: [42] },
    { audience: 42 },
    { ttl: 60 },
  ];
  for (const changes of wrong) {
    test(`may not be ${JSON.stringify(changes)}`, async (t) => {
      const { auth } = await createInstallation(t).open();
      const error = await rejection(auth.tokens.issue({ ...INVITATION, ...changes } as IssueToken));
      assert.ok(['ERR_OPTION', 'ERR_CONFIG'].includes(error.code), error.code);
    });
  }
});
