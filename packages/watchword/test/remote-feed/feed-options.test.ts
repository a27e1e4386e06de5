import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { VERSION } from '../../src/domain/version.ts';
import { createVerifier, type Jwk, type VerifierOptions } from '../../src/facade/verifier.ts';
import { AUDIENCE, CREDENTIAL } from './scripted-issuer.ts';

const issuer = 'https://app.example';
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as Jwk;
const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as Jwk;
const trusted = { issuer, feed: { ...CREDENTIAL, snapshotPath: 'a' } };

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ['a feed that is none', { feed: 'https://app.example/feed' }, /`feed` takes an object/],
  ['a misspelt option', { feed: { ...CREDENTIAL, snapshotpath: 'x' } }, /did you mean `snapshotPath`/],
  ['no client', { feed: { clientSecret: 'x' } }, /`feed.clientId` has to be the id of a client/],
  ['a client that cannot be', { feed: { ...CREDENTIAL, clientId: 'a:b' } }, /`feed.clientId`/],
  ['no secret', { feed: { clientId: 'billing' } }, /`feed.clientSecret` has to be the secret/],
  ['a name that cannot be shown', { feed: { ...CREDENTIAL, name: 'a\nb' } }, /`feed.name` has to be 1 to 64/],
  ['a name that turns what follows around', { feed: { ...CREDENTIAL, name: 'a\u202eb' } }, /`feed.name`/],
  ['a name that is too long', { feed: { ...CREDENTIAL, name: 'x'.repeat(65) } }, /`feed.name`/],
  [
    'a feed over http',
    { feed: { ...CREDENTIAL, url: 'http://app.example/feed' } },
    /`feed.url` has to be an https/,
  ],
  [
    'keys for something else',
    { feed: { ...CREDENTIAL, keys: { ...ec, alg: 'ES256', kid: 'a' } } },
    /`feed.keys`/,
  ],
  ['keys without names', { feed: { ...CREDENTIAL, keys: { ...ed, alg: 'EdDSA' } } }, /`feed.keys`/],
  ['an empty path', { feed: { ...CREDENTIAL, snapshotPath: '' } }, /`feed.snapshotPath`/],
  ['staleness without a feed', { maxStalenessMs: 1000 }, /go with a `feed`/],
  ['an answer to it without a feed', { whenStale: 'accept' }, /go with a `feed`/],
  ['a staleness nobody can keep', { feed: CREDENTIAL, maxStalenessMs: 499 }, /from 500 to 86400000/],
  [
    'an unknown answer to staleness',
    { feed: CREDENTIAL, whenStale: 'allow' },
    /`refuse`, `introspect` or `accept`/,
  ],
  ['a feed beside issuers', { issuer: undefined, issuers: [trusted], feed: CREDENTIAL }, /not both/],
  [
    'one file for two issuers',
    { issuer: undefined, issuers: [trusted, { ...trusted, issuer: 'https://other.example' }] },
    /`feed.snapshotPath` of its own/,
  ],
];

describe('a verifier is not made with', () => {
  for (const [what, options, sentence] of wrong) {
    test(what, () => {
      const make = (): unknown =>
        createVerifier({ issuer, audience: AUDIENCE, ...options } as VerifierOptions);
      assert.throws(make, (error: { readonly code?: unknown; readonly message: string }) => {
        assert.match(error.message, sentence);
        assert.ok(!error.message.includes(CREDENTIAL.clientSecret), 'no secret is told');
        return error.code === 'ERR_CONFIG';
      });
    });
  }
});

test('a call says what it wants in the same words', async (t) => {
  const verifier = createVerifier({ issuer: 'http://127.0.0.1:9', audience: AUDIENCE, feed: CREDENTIAL });
  t.after(() => verifier.close());
  assert.throws(() => verifier.verify('a.b.c', { whenStale: 'allow' } as object), { code: 'ERR_OPTION' });
  assert.throws(() => verifier.verify('a.b.c', { maxStalenessMs: -1 }), { code: 'ERR_OPTION' });
  assert.throws(() => verifier.events.on('feed_falut' as 'feed_fault', () => undefined), /did you mean/);
});

test('receipts tell the version that this package has', () => {
  assert.equal(VERSION, manifest.version);
});
