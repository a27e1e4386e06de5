import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import type { LegacyTokenOptions } from '../../src/facade/index.ts';
import { refusedSentence } from '../facade/support/errors.ts';
import { createInstallation, SECRET } from '../facade/support/installation.ts';
import { KEY, legacy, OLD_SECRET } from './old-issuer.ts';

const secretKey = (bytes: string | Buffer): object => ({
  kty: 'oct',
  alg: 'HS256',
  k: Buffer.from(bytes).toString('base64url'),
});
const publicJwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

const weak = (options: object): LegacyTokenOptions => {
  const { keys: _, ...rest } = legacy();
  return { ...rest, ...options };
};

const refused: readonly (readonly [string, object, RegExp])[] = [
  ['no keys', { keys: undefined }, /takes the `keys`/],
  ['keys and a weak secret', { unsafeWeakSecret: 'shhhhh' }, /one of the two/],
  ['a text for a key', { keys: OLD_SECRET }, /`legacyTokens.keys`: A key is a JWK/],
  ['a short secret', { keys: secretKey('shhhhh') }, /at least 32 bytes/],
  ['a guessable secret', { keys: secretKey('a'.repeat(40)) }, /guessable/],
  ['no algorithms', { algorithms: undefined }, /`legacyTokens.algorithms`: `algorithms` has to list/],
  ['the algorithm none', { algorithms: ['none'] }, /An algorithm is one of/],
  ['an algorithm without a key', { algorithms: ['HS256', 'HS512'] }, /lists HS512/],
  ['a key of an algorithm that is not listed', { algorithms: ['HS512'] }, /has a key for HS256/],
  ['secrets among public keys', { keys: [KEY, { ...publicJwk, alg: 'ES256' }] }, /secrets and public keys/],
  ['no until', { until: undefined }, /`legacyTokens.until` has to say/],
  ['a day that is none', { until: '2026-02-30' }, /`legacyTokens.until` has to say/],
  ['a time without an offset', { until: '2026-02-03T12:00:00' }, /`legacyTokens.until` has to say/],
  ['an hour that is none', { until: '2026-02-03T25:00:00Z' }, /`legacyTokens.until` has to say/],
  ['a day that is far', { until: '2027-02-06' }, /400 days ahead at most/],
  ['an empty issuer', { issuer: '' }, /`legacyTokens.issuer`/],
  ['an empty audience', { audience: [] }, /`audience` has to be/],
  ['a subject that is no function', { subject: 'id' }, /`legacyTokens.subject`/],
  ['a life of nothing', { maxLifeSeconds: 0 }, /`legacyTokens.maxLifeSeconds`/],
  ['a misspelt option', { isuer: 'x' }, /did you mean `issuer`/],
  [
    'the secret of the installation',
    { keys: secretKey(Buffer.from(SECRET, 'hex')) },
    /is the secret of this installation/,
  ],
  ['its secret as a text', { keys: secretKey(SECRET) }, /is the secret of this installation/],
  [
    'its secret, spelled otherwise',
    { keys: secretKey(Buffer.from(SECRET, 'hex').toString('base64url')) },
    /is the secret of this installation/,
  ],
];

const weakRefused: readonly (readonly [string, object, RegExp])[] = [
  ['that is empty', { unsafeWeakSecret: '' }, /text of a secret/],
  ['that is no text', { unsafeWeakSecret: Buffer.from('shhhhh') }, /text of a secret/],
  ['that is a key in PEM', { unsafeWeakSecret: '-----BEGIN PUBLIC KEY-----' }, /text of a secret/],
  ['that is not weak', { unsafeWeakSecret: OLD_SECRET }, /is not weak/],
  ['for public keys', { unsafeWeakSecret: 'shhhhh', algorithms: ['RS256'] }, /HS256, HS384 and HS512/],
  ['for two algorithms', { unsafeWeakSecret: 'shhhhh', algorithms: ['HS256', 'HS384'] }, /names the one/],
];

describe('`legacyTokens` with', () => {
  for (const [what, options, sentence] of refused) {
    test(`${what} is refused in a sentence`, async (t) => {
      const legacyTokens = legacy(options as Partial<LegacyTokenOptions>);
      assert.match(await refusedSentence(createInstallation(t).open({ legacyTokens })), sentence);
    });
  }

  for (const [what, options, sentence] of weakRefused) {
    test(`a weak secret ${what} is refused in a sentence`, async (t) => {
      const legacyTokens = weak(options);
      assert.match(await refusedSentence(createInstallation(t).open({ legacyTokens })), sentence);
    });
  }

  test('a key that signs here is refused: who holds it could make tokens of either kind', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open({ algorithm: 'ES256' });
    const [jwk] = auth.keys.jwks().keys;
    assert.ok(jwk);
    for (const kid of [jwk['kid'], 'another', undefined]) {
      const keys = { ...jwk, kid } as NonNullable<LegacyTokenOptions['keys']>;
      const legacyTokens = legacy({ keys, algorithms: ['ES256'] });
      const sentence = await refusedSentence(installation.open({ algorithm: 'ES256', legacyTokens }));
      assert.match(sentence, /a key that signs the tokens of this installation/);
    }
  });

  for (const until of [
    '2025-12-31',
    '2026-02-28',
    '2026-02-03T12:00Z',
    '2026-02-03T12:00:00.5+02:00',
    '2027-02-05',
  ]) {
    test(`until ${until} is right`, async (t) => {
      const installation = createInstallation(t);
      await assert.doesNotReject(installation.open({ legacyTokens: legacy({ until }) }));
    });
  }
});
