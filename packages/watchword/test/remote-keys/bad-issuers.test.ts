import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createVerifier } from '../../src/facade/verifier.ts';
import { createKey, json, startIssuer, type Answer } from './issuer-server.ts';

const AUDIENCE = 'https://api.example';
const key = createKey('k1');
const good = json({ keys: [key.publicJwk] });

const megabyte = Buffer.alloc(1_000_000, ' ');

/** Fifty megabytes, as fast as they are taken. */
const endless: Answer = (_request, response) => {
  let left = 50;
  response.writeHead(200, { 'content-type': 'application/json' });
  const write = (): void => {
    while (left > 0) {
      left -= 1;
      if (!response.write(megabyte)) return void response.once('drain', write);
    }
    response.end('{"keys":[]}');
  };
  write();
};

const misbehaviours: Readonly<Record<string, { readonly answer: Answer; readonly problem: RegExp }>> = {
  'answers HTML': {
    answer: (_request, response) => response.end('<!doctype html><h1>Maintenance</h1>'),
    problem: /something else than JSON/,
  },
  'answers 500': { answer: (_request, response) => response.writeHead(500).end(), problem: /answers 500/ },
  'answers 404': { answer: (_request, response) => response.writeHead(404).end(), problem: /no key set/ },
  'has an empty set': { answer: json({ keys: [] }), problem: /no usable key/ },
  'has no set': { answer: json([]), problem: /no key set/ },
  'has a set of 50 MB': { answer: endless, problem: /longer than 524288 bytes/ },
  'redirects elsewhere': {
    answer: (_request, response) => response.writeHead(302, { location: 'https://evil.example/jwks' }).end(),
    problem: /redirects to another origin/,
  },
  'redirects in a circle': {
    answer: (_request, response) => response.writeHead(302, { location: '/.well-known/jwks.json' }).end(),
    problem: /redirects more than 2 times/,
  },
  'closes the connection': {
    answer: (request) => request.socket.destroy(),
    problem: /the connection failed/,
  },
  'has secrets only': {
    answer: json({
      keys: [
        { kty: 'oct', kid: 'k1', alg: 'HS256', k: createHash('sha256').update('x').digest('base64url') },
      ],
    }),
    problem: /no usable key/,
  },
  'has one name for two keys': {
    answer: json({ keys: [key.publicJwk, createKey('k1').publicJwk] }),
    problem: /no usable key/,
  },
};

// They mostly wait.
describe(
  'an issuer: known keys go on, and it is told why there are no newer ones',
  { concurrency: 5 },
  () => {
    for (const [name, { answer, problem }] of Object.entries(misbehaviours)) {
      test(`that ${name}`, async (t) => {
        const issuer = await startIssuer(
          t,
          json({ keys: [key.publicJwk] }, { 'cache-control': 'max-age=0' }),
        );
        const verifier = createVerifier({ issuer: issuer.url, audience: AUDIENCE });
        t.after(() => verifier.close());
        await verifier.ready();
        issuer.answer = answer;
        const before = issuer.asked.length;
        while (verifier.status().keys[0]?.problem === undefined) await sleep(50);
        assert.match(verifier.status().keys[0]?.problem ?? '', problem);
        assert.equal(verifier.verify(key.token(issuer.url)).subject, 'ada');
        await sleep(1000);
        assert.ok(issuer.asked.length - before < 30, 'it is not asked in a hurry');
        issuer.answer = good;
        while (verifier.status().keys[0]?.problem !== undefined) await sleep(50);
        assert.equal(verifier.verify(key.token(issuer.url)).subject, 'ada');
      });
    }
  },
);

test('an issuer that never finishes is given up', async (t) => {
  const issuer = await startIssuer(t, (_request, response) => response.write('{'));
  const verifier = createVerifier({ issuer: issuer.url, audience: AUDIENCE });
  t.after(() => verifier.close());
  while (verifier.status().keys[0]?.problem === undefined) await sleep(50);
  assert.match(verifier.status().keys[0]?.problem ?? '', /no answer within 5000 ms/);
});

test('of a set the unusable keys are left out one by one', async (t) => {
  const rsaForEncryption = { kty: 'RSA', use: 'enc', kid: 'e1', n: 'AQAB', e: 'AQAB' };
  const sharesItsName = {
    kty: 'OKP',
    crv: 'Ed25519',
    alg: 'EdDSA',
    kid: 'k1',
    x: Buffer.alloc(32, 9).toString('base64url'),
  };
  const keys = [null, 'a', { kty: 'XX' }, rsaForEncryption, key.publicJwk, sharesItsName, { kid: 'k9' }];
  const issuer = await startIssuer(t, json({ keys }));
  const verifier = createVerifier({ issuer: issuer.url, audience: AUDIENCE });
  t.after(() => verifier.close());
  await verifier.ready();
  assert.equal(verifier.verify(key.token(issuer.url)).subject, 'ada');
  assert.deepEqual(verifier.status().keys[0]?.keyIds, ['k1']);
});

test('a set that changes each second is followed', async (t) => {
  const issuer = await startIssuer(t, good);
  const verifier = createVerifier({ issuer: issuer.url, audience: AUDIENCE });
  t.after(() => verifier.close());
  for (let round = 0; round < 4; round += 1) {
    const next = createKey(`round-${round}`);
    issuer.answer = json({ keys: [next.publicJwk] });
    assert.equal((await verifier.authenticate(next.token(issuer.url))).subject, 'ada');
  }
});
