import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/domain/json.ts';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';

const RESERVED = [
  'iss',
  'aud',
  'sub',
  'iat',
  'exp',
  'nbf',
  'jti',
  'sid',
  'client_id',
  'ww_gen',
  'scope',
  'auth_time',
  'amr',
  'acr',
  'cnf',
];

for (const name of [...RESERVED, '__proto__']) {
  describe(`the issuer’s own claim ${name} is refused`, () => {
    const claims = JSON.parse(`{"${name}":"root"}`) as JsonObject;

    test('at the start of a session', async (t) => {
      const { auth } = await createInstallation(t).open();
      assert.equal(
        (await rejection(auth.sessions.start({ subject: 'ada', claims }))).code,
        'ERR_CLAIM_RESERVED',
      );
      assert.deepEqual(await auth.sessions.list('ada'), []);
    });

    test('from the hook, where it changes nothing', async (t) => {
      let fresh: JsonObject = {};
      const installation = createInstallation(t);
      const { auth, newTypes } = await installation.open({ claims: () => fresh });
      const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
      fresh = claims;
      newTypes();
      assert.equal((await rejection(auth.sessions.refresh(refreshToken))).code, 'ERR_CLAIM_RESERVED');
      assert.deepEqual(newTypes(), []);
      fresh = {};
      assert.equal(auth.verify((await auth.sessions.refresh(refreshToken)).accessToken).generation, 2);
    });

    test('in a token of a custom kind', async (t) => {
      const { auth } = await createInstallation(t).open();
      const issuing = auth.tokens.issue({ typ: 'invitation+jwt', subject: 'ada', ttlSeconds: 60, claims });
      assert.equal((await rejection(issuing)).code, 'ERR_CLAIM_RESERVED');
    });
  });
}

test('other claims are free, also such as look like them', async (t) => {
  const { auth } = await createInstallation(t).open();
  const claims = { ISS: 1, Sub: 2, ' exp': 3, roles: 4, constructor: 5, toString: 6, hasOwnProperty: 7 };
  const { accessToken } = await auth.sessions.start({ subject: 'ada', claims });
  const { claims: read } = auth.verify(accessToken);
  for (const [name, value] of Object.entries(claims)) assert.equal(read[name], value);
});
