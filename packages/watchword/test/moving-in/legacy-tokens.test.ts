import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { SignJWT } from 'jose';
import jwt from 'jsonwebtoken';
import { codeOf } from '../facade/support/errors.ts';
import { createInstallation, ISSUER } from '../facade/support/installation.ts';
import { forge, readToken } from '../facade/support/tokens.ts';
import { DAY, handmade, legacy, OLD_SECRET, opened, UNTIL } from './old-issuer.ts';

describe('a token of the issuer before', () => {
  test('is taken with its claims, and belongs to no session', async (t) => {
    const { auth, old, nowSeconds } = await opened(t);
    const verified = auth.verify(
      old({ role: 'editor', scope: 'read write', sid: 'x', client_id: 5, ww_gen: 7 }),
    );
    assert.deepEqual(
      { ...verified, claims: verified.claims['role'] },
      {
        issuer: '',
        subject: 'ada',
        audience: [],
        tokenId: '',
        keyId: '',
        issuedAtSeconds: nowSeconds(),
        expiresAtSeconds: nowSeconds() + 30 * DAY,
        notBeforeSeconds: undefined,
        sessionId: undefined,
        clientId: undefined,
        generation: 0,
        scope: ['read', 'write'],
        authTimeSeconds: undefined,
        amr: [],
        claims: 'editor',
      },
    );
    assert.ok(auth.verify(old(), { scope: [] }));
    assert.equal(
      codeOf(() => auth.verify(old(), { scope: 'read' })),
      'ERR_TOKEN_SCOPE',
    );
    assert.equal(
      codeOf(() => auth.verify(old(), { maxAgeSeconds: 300 })),
      'ERR_TOKEN_TOO_OLD',
    );
    assert.ok(auth.verify(old({ auth_time: nowSeconds() - 10 }), { maxAgeSeconds: 300 }));
    assert.throws(() => Object.assign(verified.claims, { sub: 'eve' }), TypeError);
  });

  test('of jose without a typ is taken, and one of another kind is not', async (t) => {
    const { auth, nowSeconds } = await opened(t);
    const signed = (header: object): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256', ...header })
        .setSubject('ada')
        .setExpirationTime(nowSeconds() + 60)
        .sign(createSecretKey(Buffer.from(OLD_SECRET)));
    assert.equal(auth.verify(await signed({})).subject, 'ada');
    assert.equal(auth.verify(await signed({ kid: 'a foreign kid' })).subject, 'ada');
    const own = await signed({ typ: 'at+jwt' });
    assert.equal(
      codeOf(() => auth.verify(own)),
      'ERR_TOKEN_KEY_UNKNOWN',
    );
    for (const typ of ['invitation+jwt', 'application/jwt', 'logout+jwt', '', 'JOSE']) {
      const other = await signed({ typ });
      assert.equal(
        codeOf(() => auth.verify(other)),
        'ERR_TOKEN_TYPE',
        typ,
      );
    }
  });

  test('dies when it expires, and at `until` at the latest, whatever it says', async (t) => {
    const { installation, auth, old } = await opened(t);
    const [month, year] = [old(), old({ exp: 1_767_225_600 + 365 * DAY })];
    installation.later(30 * DAY * 1000 - 1);
    await installation.settle();
    assert.equal(
      codeOf(() => auth.verify(month)),
      'ERR_TOKEN_EXPIRED',
    );
    assert.ok(auth.verify(year));
    installation.later(Date.parse(UNTIL) - installation.clock.nowMs() - 1);
    assert.ok(auth.verify(year));
    installation.later(1);
    assert.equal(
      codeOf(() => auth.verify(year)),
      'ERR_TOKEN_EXPIRED',
    );
    const again = await installation.open({ legacyTokens: legacy() });
    assert.equal(
      codeOf(() => again.auth.verify(year)),
      'ERR_TOKEN_EXPIRED',
      'a day that has passed is no mistake',
    );
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['no exp', { exp: undefined }],
    ['an exp that is no date', { exp: '2027' }],
    ['an iat that is no date', { iat: 'now' }],
    ['no sub', { sub: undefined }],
    ['an empty sub', { sub: '' }],
    ['a sub that is a number', { sub: 7 }],
    ['a sub with a line break', { sub: 'ada\n' }],
    ['an nbf that is no date', { nbf: true }],
  ];
  for (const [what, claims] of wrong) {
    test(`with ${what} is refused`, async (t) => {
      const { auth, nowSeconds } = await opened(t);
      const payload = { sub: 'ada', iat: nowSeconds(), exp: nowSeconds() + 60, ...claims };
      assert.equal(
        codeOf(() => auth.verify(handmade(payload))),
        'ERR_TOKEN_CLAIMS',
      );
    });
  }

  test('that is not valid yet, or dated in the future, is refused', async (t) => {
    const { auth, old, nowSeconds } = await opened(t);
    assert.equal(
      codeOf(() => auth.verify(old({ nbf: nowSeconds() + 60 }))),
      'ERR_TOKEN_NOT_YET_VALID',
    );
    assert.equal(
      codeOf(() => auth.verify(old({ iat: nowSeconds() + 60 }))),
      'ERR_TOKEN_NOT_YET_VALID',
    );
    assert.ok(auth.verify(old({ nbf: nowSeconds() + 20, iat: nowSeconds() + 20 })));
  });

  test('has exactly the issuer and one of the audiences that the option names, or none at all', async (t) => {
    const { auth, old } = await opened(t);
    assert.equal(
      codeOf(() => auth.verify(old({ iss: 'https://old.example' }))),
      'ERR_TOKEN_ISSUER',
    );
    assert.equal(
      codeOf(() => auth.verify(old({ aud: 'api' }))),
      'ERR_TOKEN_AUDIENCE',
    );
    const named = await opened(t, { issuer: 'https://old.example', audience: ['api', 'web'] });
    const right = { iss: 'https://old.example', aud: ['web', 'other'] };
    assert.equal(named.auth.verify(named.old(right)).issuer, 'https://old.example');
    assert.equal(
      codeOf(() => named.auth.verify(named.old({ ...right, iss: undefined }))),
      'ERR_TOKEN_ISSUER',
    );
    assert.equal(
      codeOf(() => named.auth.verify(named.old({ ...right, iss: ISSUER }))),
      'ERR_TOKEN_ISSUER',
    );
    for (const aud of [undefined, 'another', [ISSUER]]) {
      assert.equal(
        codeOf(() => named.auth.verify(named.old({ ...right, aud }))),
        'ERR_TOKEN_AUDIENCE',
      );
    }
    const other = (): unknown => named.auth.verify(named.old(right), { audience: 'billing' });
    assert.equal(codeOf(other), 'ERR_TOKEN_AUDIENCE', 'a route for others is for others');
    assert.ok(named.auth.verify(named.old(right), { audience: 'other' }));
  });

  test('speaks for whom the option `subject` says, and for nobody where it fails', async (t) => {
    const { auth, old } = await opened(t, {
      subject: ({ id }) => {
        if (id === 13) throw new TypeError('a defect of the application');
        return typeof id === 'number' ? String(id) : undefined;
      },
    });
    assert.equal(auth.verify(old({ id: 7 })).subject, '7');
    assert.equal(
      codeOf(() => auth.verify(old())),
      'ERR_TOKEN_CLAIMS',
    );
    assert.equal(
      codeOf(() => auth.verify(old({ id: 13 }))),
      'ERR_TOKEN_CLAIMS',
    );
  });

  test('that lives longer than `maxLifeSeconds`, or hides how long, is refused', async (t) => {
    const { auth, old, nowSeconds } = await opened(t, { maxLifeSeconds: DAY });
    assert.ok(auth.verify(old({ exp: nowSeconds() + DAY })));
    assert.equal(
      codeOf(() => auth.verify(old({ exp: nowSeconds() + DAY + 1 }))),
      'ERR_TOKEN_CLAIMS',
    );
    const undated = old({ exp: nowSeconds() + 60 }, { noTimestamp: true });
    assert.equal(
      codeOf(() => auth.verify(undated)),
      'ERR_TOKEN_CLAIMS',
    );
  });

  test('is verified strictly: another secret, another algorithm, none, and other spellings are refused', async (t) => {
    const { auth, old } = await opened(t);
    const payload = { sub: 'ada', exp: 1_767_225_600 + 60 };
    const [header = '', body = '', signature = ''] = old().split('.');
    const last = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(42) + 1);
    for (const [token, code] of [
      [jwt.sign(payload, `${OLD_SECRET}.`), 'ERR_TOKEN_SIGNATURE'],
      [jwt.sign(payload, OLD_SECRET, { algorithm: 'HS512' }), 'ERR_TOKEN_ALGORITHM'],
      [jwt.sign(payload, null, { algorithm: 'none' }), 'ERR_TOKEN_MALFORMED'],
      [`${header}.${body}.${last}`, 'ERR_TOKEN_SIGNATURE'],
      [`${header}.${body}.${signature}=`, 'ERR_TOKEN_SIGNATURE'],
    ] as const) {
      assert.equal(
        codeOf(() => auth.verify(token)),
        code,
      );
    }
  });

  test('is no token of another installation, which has not been told of its issuer', async (t) => {
    const { old } = await opened(t);
    const { auth } = await createInstallation(t).open();
    assert.equal(
      codeOf(() => auth.verify(old())),
      'ERR_TOKEN_TYPE',
    );
  });

  test('cannot pass itself off as one of ours, nor the other way round', async (t) => {
    const { installation, auth, nowSeconds } = await opened(t);
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    assert.ok(auth.verify(accessToken).sessionId);
    const { header, payload } = readToken(accessToken);
    assert.equal(
      codeOf(() => auth.verify(handmade(payload, { ...header }))),
      'ERR_TOKEN_SIGNATURE',
    );
    assert.equal(
      codeOf(() => auth.verify(handmade(payload, { ...header, typ: 'JWT' }))),
      'ERR_TOKEN_TYPE',
    );
    const ours = [...(await installation.ring()).signingKeys.values()][0]?.jws;
    assert.ok(ours);
    const claims = { sub: 'ada', exp: nowSeconds() + 60 };
    assert.equal(
      codeOf(() => auth.verify(forge(ours, { alg: 'HS256', kid: ours.id }, claims))),
      'ERR_TOKEN_TYPE',
    );
    assert.equal(
      codeOf(() => auth.verify(forge(ours, { alg: 'HS256' }, claims))),
      'ERR_TOKEN_SIGNATURE',
    );
  });
});

test('public keys of before are taken by their kid', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'https://old.example/1', alg: 'RS256' };
  const { auth, nowSeconds } = await opened(t, { keys: { keys: [jwk] }, algorithms: ['RS256'] });
  const signed = (keyid: string): string =>
    jwt.sign({ sub: 'ada', iat: nowSeconds(), exp: nowSeconds() + 60 }, privateKey, {
      algorithm: 'RS256',
      keyid,
    });
  assert.equal(auth.verify(signed(jwk.kid)).keyId, jwk.kid);
  assert.equal(
    codeOf(() => auth.verify(signed('2'))),
    'ERR_TOKEN_KEY_UNKNOWN',
  );
  const confused = handmade({ sub: 'ada' }, { kid: jwk.kid, alg: 'HS256', typ: 'JWT' });
  assert.equal(
    codeOf(() => auth.verify(confused)),
    'ERR_TOKEN_ALGORITHM',
  );
});

test('a weak secret is taken by its loud name alone, and told of', async (t) => {
  const { auth, events, nowSeconds } = await opened(t, {
    keys: undefined,
    unsafeWeakSecret: 'shhhhh',
  } as object);
  const claims = { sub: 'ada', iat: nowSeconds(), exp: nowSeconds() + 60 };
  const token = jwt.sign(claims, 'shhhhh');
  assert.deepEqual([auth.verify(token).subject, auth.verify(token).subject], ['ada', 'ada']);
  assert.deepEqual(
    events.filter(({ type }) => type === 'legacy_secret_weak'),
    [{ type: 'legacy_secret_weak', atMs: 1_767_225_600_000, untilMs: Date.parse(UNTIL) }],
  );
  assert.equal(
    codeOf(() => auth.verify(jwt.sign(claims, 'shhhh'))),
    'ERR_TOKEN_SIGNATURE',
  );
});
