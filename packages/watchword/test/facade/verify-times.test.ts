import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attack, without } from './support/attack.ts';
import { codeOf } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

const NOW = 1_767_225_600;

describe('a token expires', () => {
  test('at its exp, to the millisecond, without a skew in its favour', async (t) => {
    const { auth, installation, accessToken } = await attack(t);
    installation.later(899_999);
    assert.equal(auth.verify(accessToken).subject, 'ada');
    installation.later(1);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_EXPIRED',
    );
  });

  test('and is good again if the clock is set back: it carries its own time', async (t) => {
    const { auth, installation, accessToken } = await attack(t);
    installation.later(900_000);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_EXPIRED',
    );
    installation.later(-1);
    assert.equal(auth.verify(accessToken).subject, 'ada');
  });

  test('at a fraction of a second where its exp says so', async (t) => {
    const { auth, installation, payload, sign } = await attack(t);
    const token = sign({ ...payload, exp: NOW + 0.5 });
    installation.later(499);
    assert.equal(auth.verify(token).subject, 'ada');
    installation.later(1);
    assert.equal(
      codeOf(() => auth.verify(token)),
      'ERR_TOKEN_EXPIRED',
    );
  });

  test('long ago, if its exp is 0', async (t) => {
    const { auth, payload, sign } = await attack(t);
    assert.equal(
      codeOf(() => auth.verify(sign({ ...payload, exp: 0 }))),
      'ERR_TOKEN_EXPIRED',
    );
    assert.equal(
      codeOf(() => auth.verify(sign({ ...payload, exp: NOW }))),
      'ERR_TOKEN_EXPIRED',
    );
  });
});

describe('a token from the future is refused beyond a skew of 30 seconds', () => {
  for (const name of ['iat', 'nbf']) {
    test(name, async (t) => {
      const { auth, payload, sign } = await attack(t);
      assert.equal(auth.verify(sign({ ...payload, [name]: NOW + 30 })).subject, 'ada');
      assert.equal(
        codeOf(() => auth.verify(sign({ ...payload, [name]: NOW + 30.001 }))),
        'ERR_TOKEN_NOT_YET_VALID',
      );
      assert.equal(
        codeOf(() => auth.verify(sign({ ...payload, [name]: NOW + 31 }))),
        'ERR_TOKEN_NOT_YET_VALID',
      );
    });
  }

  test('by the clock of the verifier', async (t) => {
    const { auth, installation, accessToken } = await attack(t);
    installation.later(-30_000);
    assert.equal(auth.verify(accessToken).subject, 'ada');
    installation.later(-1);
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_NOT_YET_VALID',
    );
  });
});

describe('maxAgeSeconds', () => {
  test('counts from when the user proved themselves, which a refresh does not change', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const first = await auth.sessions.start({ subject: 'ada' });
    installation.later(300_000);
    const { accessToken } = await auth.sessions.refresh(first.refreshToken);
    assert.equal(auth.verify(accessToken, { maxAgeSeconds: 300 }).subject, 'ada');
    assert.equal(
      codeOf(() => auth.verify(accessToken, { maxAgeSeconds: 299 })),
      'ERR_TOKEN_TOO_OLD',
    );
    installation.later(1);
    assert.equal(
      codeOf(() => auth.verify(accessToken, { maxAgeSeconds: 300 })),
      'ERR_TOKEN_TOO_OLD',
    );
  });

  test('is not met by a token that does not say when', async (t) => {
    const { auth, payload, sign } = await attack(t);
    const token = sign(without(payload, 'auth_time'));
    assert.equal(auth.verify(token).authTimeSeconds, undefined);
    assert.equal(
      codeOf(() => auth.verify(token, { maxAgeSeconds: 1e9 })),
      'ERR_TOKEN_TOO_OLD',
    );
  });

  test('may be 0: proven this very moment', async (t) => {
    const { auth, installation, accessToken } = await attack(t);
    assert.equal(auth.verify(accessToken, { maxAgeSeconds: 0 }).subject, 'ada');
    installation.later(1);
    assert.equal(
      codeOf(() => auth.verify(accessToken, { maxAgeSeconds: 0 })),
      'ERR_TOKEN_TOO_OLD',
    );
  });
});
