import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { SIGNING_ALGORITHMS } from '../../src/domain/signing-key.ts';
import { parseKey, type Jwk } from '../../src/facade/jws.ts';
import { createVerifierOn, type VerifierOptions } from '../../src/facade/verifier.ts';
import { codeOf, thrown } from './support/errors.ts';
import { createInstallation, ISSUER } from './support/installation.ts';

const API = 'https://api.example';
const { publicKey } = generateKeyPairSync('ed25519');
const ED25519: Jwk = { ...(publicKey.export({ format: 'jwk' }) as Jwk), alg: 'EdDSA', kid: 'k1' };

describe('a service with nothing but the issuer’s JWKS', () => {
  for (const algorithm of SIGNING_ALGORITHMS.filter((name) => !name.startsWith('HS'))) {
    test(`takes its tokens, and no others: ${algorithm}`, async (t) => {
      const installation = createInstallation(t);
      const { auth } = await installation.open({ algorithm, audience: API });
      const { accessToken, session } = await auth.sessions.start({
        subject: 'ada',
        scope: 'reports:read',
        claims: { tenant: 't1' },
      });
      const keys = auth.keys.jwks();
      const verifier = createVerifierOn(
        { clock: installation.clock },
        { issuer: ISSUER, audience: API, keys },
      );
      const token = verifier.verify(accessToken, { scope: 'reports:read', maxAgeSeconds: 60 });
      assert.deepEqual(
        [token.subject, token.sessionId, token.scope, token.claims['tenant']],
        ['ada', session.id, ['reports:read'], 't1'],
      );
      assert.deepEqual(verifier.verify(accessToken), auth.verify(accessToken));

      const { auth: other } = await createInstallation(t).open({ algorithm, audience: API });
      const foreign = await other.sessions.start({ subject: 'ada' });
      // Its key may have got the same name.
      assert.match(
        codeOf(() => verifier.verify(foreign.accessToken)),
        /^ERR_TOKEN_(?:KEY_UNKNOWN|SIGNATURE)$/,
      );
      installation.later(900_000);
      assert.equal(
        codeOf(() => verifier.verify(accessToken)),
        'ERR_TOKEN_EXPIRED',
      );
    });
  }

  test('wants its own audience, the right issuer and enough scope', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open({ algorithm: 'ES256', audience: API });
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    const keys = auth.keys.jwks();
    const judge = (options: Partial<VerifierOptions>, scope?: string) =>
      codeOf(() =>
        createVerifierOn(
          { clock: installation.clock },
          { issuer: ISSUER, audience: API, keys, ...options },
        ).verify(accessToken, scope === undefined ? {} : { scope }),
      );
    assert.equal(judge({ audience: 'https://other.example' }), 'ERR_TOKEN_AUDIENCE');
    assert.equal(judge({ issuer: 'https://other.example' }), 'ERR_TOKEN_ISSUER');
    assert.equal(judge({}, 'admin'), 'ERR_TOKEN_SCOPE');
    assert.equal(judge({ typ: 'invitation+jwt' }), 'ERR_TOKEN_TYPE');
  });

  test('takes keys that were checked before, and custom kinds', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open({ algorithm: 'EdDSA', audience: API });
    const invitation = await auth.tokens.issue({ typ: 'invitation+jwt', subject: 'bob', ttlSeconds: 60 });
    const [jwk] = auth.keys.jwks().keys;
    const verifier = createVerifierOn(
      { clock: installation.clock },
      {
        issuer: ISSUER,
        audience: [API],
        keys: parseKey(jwk as Jwk),
        typ: 'invitation+jwt',
        tokenCacheSize: 0,
      },
    );
    assert.equal(verifier.verify(invitation).subject, 'bob');
  });
});

describe('a verifier is not made with', () => {
  const right: VerifierOptions = { issuer: ISSUER, audience: API, keys: ED25519 };
  const { kid: _, ...nameless } = ED25519;
  const wrong: readonly (readonly [string, Record<string, unknown>, string, RegExp])[] = [
    ['no issuer', { issuer: undefined }, 'ERR_CONFIG', /`issuer` has to be the URL/],
    ['an issuer over http', { issuer: 'http://app.example' }, 'ERR_CONFIG', /https/],
    ['no audience', { audience: undefined }, 'ERR_CONFIG', /`audience` has to say who this service is/],
    ['an empty audience', { audience: [] }, 'ERR_CONFIG', /`audience`/],
    ['no keys', { keys: [] }, 'ERR_KEY_REFUSED', /1 to 100/],
    ['a key without a name', { keys: nameless }, 'ERR_CONFIG', /`kid`/],
    ['a key as a text', { keys: 'secret' }, 'ERR_KEY_REFUSED', /./],
    ['a reserved kind', { typ: 'logout+jwt' }, 'ERR_CONFIG', /`typ`/],
    ['a cache of nothing', { tokenCacheSize: -1 }, 'ERR_CONFIG', /`tokenCacheSize`/],
    ['a misspelt option', { audiance: API }, 'ERR_CONFIG', /did you mean `audience`/],
  ];
  for (const [what, changes, code, sentence] of wrong) {
    test(what, async (t) => {
      const { clock } = createInstallation(t);
      const error = thrown(() => createVerifierOn({ clock }, { ...right, ...changes } as VerifierOptions));
      assert.equal(error.code, code);
      assert.match(error.message, sentence);
    });
  }

  test('and does not take staleness, of which it knows nothing', async (t) => {
    const { clock } = createInstallation(t);
    const verifier = createVerifierOn({ clock }, right);
    assert.equal(
      codeOf(() => verifier.verify('a.b.c', { maxStalenessMs: 1 } as object)),
      'ERR_OPTION',
    );
  });
});
