import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { VerifyOptions } from '../../src/facade/index.ts';
import { codeOf, rejection, thrown } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

async function opened(t: TestContext) {
  const { auth } = await createInstallation(t).open();
  const { accessToken } = await auth.sessions.start({ subject: 'ada', scope: 'read write' });
  return { auth, accessToken };
}

describe('a scope that is wanted', () => {
  test('has to be there whole, and all of them', async (t) => {
    const { auth, accessToken } = await opened(t);
    for (const scope of ['read', 'write read', ['write'], ['read', 'write']]) {
      assert.equal(auth.verify(accessToken, { scope }).subject, 'ada');
    }
    for (const scope of ['admin', 'read admin', ['rea'], 'READ', ['read', 'write', 'admin']]) {
      assert.equal(
        codeOf(() => auth.verify(accessToken, { scope })),
        'ERR_TOKEN_SCOPE',
      );
    }
  });

  // `auth.require({ scope: process.env.SCOPE })` with nothing in the variable must not be a route without a guard.
  const nothing: readonly unknown[] = [
    '',
    ' ',
    null,
    [undefined],
    [''],
    [null],
    ['read', undefined],
    [' '],
    42,
    {},
    true,
    ['a b'],
  ];
  for (const scope of nothing) {
    test(`may not be ${JSON.stringify(scope)}: it would guard nothing, or let nobody in`, async (t) => {
      const { auth, accessToken } = await opened(t);
      const options = { scope } as unknown as VerifyOptions;
      assert.equal(
        codeOf(() => auth.verify(accessToken, options)),
        'ERR_OPTION',
      );
      assert.equal(
        codeOf(() => auth.require(options)),
        'ERR_OPTION',
      );
    });
  }
});

describe('an audience that is wanted', () => {
  for (const audience of ['', [], [''], [undefined], 42, {}, true] as readonly unknown[]) {
    test(`may not be ${JSON.stringify(audience)}`, async (t) => {
      const { auth, accessToken } = await opened(t);
      const options = { audience } as unknown as VerifyOptions;
      assert.equal(
        codeOf(() => auth.verify(accessToken, options)),
        'ERR_OPTION',
      );
    });
  }
});

describe('numbers that are wanted', () => {
  for (const name of ['maxAgeSeconds', 'maxStalenessMs']) {
    for (const value of [-1, Number.NaN, '10', null, {}, true] as readonly unknown[]) {
      test(`${name} may not be ${String(value)}`, async (t) => {
        const { auth, accessToken } = await opened(t);
        const options = { [name]: value } as unknown as VerifyOptions;
        assert.equal(
          codeOf(() => auth.verify(accessToken, options)),
          'ERR_OPTION',
        );
      });
    }
  }
});

describe('an option that does not exist', () => {
  test('is refused with the name that was meant', async (t) => {
    const { auth, accessToken } = await opened(t);
    const wrong: readonly (readonly [string, string])[] = [
      ['scopes', 'scope'],
      ['audiance', 'audience'],
      ['maxAge', 'maxAgeSeconds'],
    ];
    for (const [name, meant] of wrong) {
      const error = thrown(() => auth.verify(accessToken, { [name]: 'x' } as VerifyOptions));
      assert.match(error.message, new RegExp(`\`${name}\`.*\`${meant}\``));
      assert.match(
        thrown(() => auth.require({ [name]: 'x' } as VerifyOptions)).message,
        new RegExp(`\`${meant}\``),
      );
    }
  });

  test('of a refresh or a rotation is refused, too', async (t) => {
    const { auth } = await opened(t);
    const { refreshToken } = await auth.sessions.start({ subject: 'ada', client: 'mobile' });
    await rejection(auth.sessions.refresh(refreshToken, { clientId: 'mobile' } as object)).then(
      ({ message }) => {
        assert.match(message, /`clientId`.*`client`/);
      },
    );
    const { message } = await rejection(auth.keys.rotate({ alg: 'ES256' } as object));
    assert.match(message, /`alg`.*`algorithm`/);
  });
});

test('authenticate judges as verify does, and rejects', async (t) => {
  const { auth, accessToken } = await opened(t);
  assert.equal((await auth.authenticate(accessToken, { scope: 'read' })).subject, 'ada');
  assert.equal((await rejection(auth.authenticate(accessToken, { scope: 'admin' }))).code, 'ERR_TOKEN_SCOPE');
  assert.equal((await rejection(auth.authenticate('x'))).code, 'ERR_TOKEN_MALFORMED');
});
