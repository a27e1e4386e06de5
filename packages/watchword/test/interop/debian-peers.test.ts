import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { verifyJws } from '../../src/facade/jws.ts';
import { openInstallation, OWN } from '../http/installation.ts';
import { codeOf, freshJwk, publicHalf } from '../jws/support.ts';
import { peers } from './peers.ts';

for (const peer of peers) {
  describe(`${peer.name} and we understand each other`, { skip: peer.missing }, () => {
    for (const algorithm of peer.algorithms) {
      test(`${algorithm}: it verifies our access token by our JWKS, and none that was changed or has another’s key`, async (t) => {
        const { auth } = await openInstallation(t, { algorithm });
        const claims = { tenant: 'Ä–🔑', roles: ['user', 'editor'] };
        const { accessToken } = await auth.sessions.start({ subject: 'ada', claims });
        const jwks = auth.keys.jwks();
        const { kid } = JSON.parse(Buffer.from(accessToken.split('.', 1)[0] ?? '', 'base64url').toString());
        const job = { token: accessToken, kid: String(kid), algorithm, jwks, issuer: OWN, audience: OWN };
        const other = await openInstallation(t, { algorithm });
        const foreign = other.auth.keys.jwks().keys.map((key) => ({ ...key, kid: String(kid) }));
        const [seen = {}, ...refused] = peer.verify([
          job,
          { ...job, token: changed(accessToken) },
          { ...job, jwks: { keys: foreign } },
        ]);
        assert.deepEqual([seen['sub'], seen['iss'], seen['roles']], ['ada', OWN, claims.roles]);
        assert.equal(seen['tenant'], claims.tenant);
        assert.equal(seen['jti'], auth.verify(accessToken).claims['jti']);
        assert.equal(refused.length, 2);
        for (const answer of refused) assert.ok('refused' in answer, JSON.stringify(answer));
      });

      test(`${algorithm}: we verify what it signs, and not when it is changed`, () => {
        const jwk = { ...freshJwk(algorithm, 'theirs') };
        const payload = { sub: 'ada', text: 'Ä–🔑', n: 1 };
        const token = peer.sign({ jwk, algorithm, payload });
        const keys = publicHalf(jwk);
        const verified = verifyJws(token, keys, { algorithms: [algorithm] });
        assert.deepEqual(JSON.parse(Buffer.from(verified.payload).toString()), payload);
        assert.equal(verified.header['kid'], 'theirs');
        assert.equal(
          codeOf(() => verifyJws(changed(token), keys, { algorithms: [algorithm] })),
          'ERR_TOKEN_SIGNATURE',
        );
      });
    }
  });
}

/** Another signature, as well spelt. */
function changed(token: string): string {
  const at = token.lastIndexOf('.') + 10;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
