import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as jose from 'jose';
import { JWS_ALGORITHM_NAMES } from '../../src/crypto/jws/algorithms.ts';
import type { SigningAlgorithm } from '../../src/domain/signing-key.ts';
import type { Watchword } from '../../src/facade/index.ts';
import { codeOf } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { readToken } from './support/tokens.ts';

/** ML-DSA-44 is for `verifyJws` only. */
const ALGORITHMS = JWS_ALGORITHM_NAMES.filter((name): name is SigningAlgorithm => name !== 'ML-DSA-44');

/** Another one of each algorithm, so that a rotation changes the type of key as well. */
const others = (algorithm: SigningAlgorithm): SigningAlgorithm => (algorithm === 'EdDSA' ? 'HS256' : 'EdDSA');

for (const algorithm of ALGORITHMS) {
  const isSecret = algorithm.startsWith('HS');

  describe(algorithm, () => {
    test('signs a session and its refresh, which verify here and, where the key is public, elsewhere', async (t) => {
      const installation = createInstallation(t);
      const { auth } = await installation.open({ algorithm });
      const started = await auth.sessions.start({ subject: 'ada' });
      assertSignedWith(auth, started.accessToken, algorithm);
      const refreshed = await auth.sessions.refresh(started.refreshToken);
      assertSignedWith(auth, refreshed.accessToken, algorithm);
      assert.notEqual(refreshed.accessToken, started.accessToken);
      const jwks = auth.keys.jwks();
      assert.equal(jwks.keys.length, isSecret ? 0 : 1);
      for (const key of jwks.keys) {
        assert.deepEqual([key['alg'], key['use']], [algorithm, 'sig']);
        for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(key[secret], undefined);
      }
      if (!isSecret)
        await assertVerifiesElsewhere(jwks, refreshed.accessToken, algorithm, installation.clock.nowMs());
    });

    test('refuses a token whose payload, signature or algorithm was changed', async (t) => {
      const { auth } = await createInstallation(t).open({ algorithm });
      const { accessToken } = await auth.sessions.start({ subject: 'ada' });
      const [header = '', payload = '', signature = ''] = accessToken.split('.');
      const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const token = readToken(accessToken);
      const forOther = encode({ ...token.payload, sub: 'eve' });
      const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
      assert.equal(
        codeOf(() => auth.verify(`${header}.${forOther}.${signature}`)),
        'ERR_TOKEN_SIGNATURE',
      );
      assert.equal(
        codeOf(() => auth.verify(`${header}.${payload}.${flipped}`)),
        'ERR_TOKEN_SIGNATURE',
      );
      const renamed = encode({ ...token.header, alg: others(algorithm) });
      assert.equal(
        codeOf(() => auth.verify(`${renamed}.${payload}.${signature}`)),
        'ERR_TOKEN_ALGORITHM',
      );
    });

    test('can be rotated to and from, and its sessions go on', async (t) => {
      const installation = createInstallation(t);
      const other = others(algorithm);
      const { auth } = await installation.open({ algorithm: other });
      const before = await auth.sessions.start({ subject: 'ada' });
      const { id } = await installation.through(auth.keys.rotate({ algorithm }));
      const during = await auth.sessions.refresh(before.refreshToken);
      assertSignedWith(auth, during.accessToken, algorithm);
      assert.equal(readToken(during.accessToken).header['kid'], id);
      assertSignedWith(auth, before.accessToken, other);
      await installation.through(auth.keys.rotate({ algorithm: other }));
      const after = await auth.sessions.refresh(during.refreshToken);
      assertSignedWith(auth, after.accessToken, other);
      assertSignedWith(auth, during.accessToken, algorithm);
      assert.equal(after.session.id, before.session.id);
    });
  });
}

function assertSignedWith(auth: Watchword, token: string, algorithm: SigningAlgorithm): void {
  assert.equal(readToken(token).header['alg'], algorithm);
  assert.equal(auth.verify(token).subject, 'ada');
}

async function assertVerifiesElsewhere(
  jwks: object,
  token: string,
  algorithm: SigningAlgorithm,
  nowMs: number,
): Promise<void> {
  const keys = jose.createLocalJWKSet(jwks as jose.JSONWebKeySet);
  const options = { algorithms: [algorithm], typ: 'at+jwt', currentDate: new Date(nowMs) };
  const { payload } = await jose.jwtVerify(token, keys, options);
  assert.equal(payload.sub, 'ada');
}
