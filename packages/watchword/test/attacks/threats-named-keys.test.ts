import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import childProcess from 'node:child_process';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { test, type TestContext } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { parseKey, verifyJws, type JwsAlgorithmName } from '../../src/facade/jws.ts';
import { createVerifier } from '../../src/facade/verifier.ts';
import { codeOf } from '../facade/support/errors.ts';
import { encoded } from '../facade/support/tokens.ts';
import { createKey } from './support/keys.ts';
import { AUDIENCE, compact, createTarget, ISSUER, judgeClaims, judgeForm } from './support/target.ts';

/** From now on every way out of the process fails the test. */
function noWayOut(t: TestContext): void {
  const fail = (name: string) => (): never => assert.fail(`it called ${name}`);
  t.mock.method(globalThis, 'fetch', fail('fetch'));
  const ways: readonly (readonly [object, readonly string[]])[] = [
    [http, ['request', 'get']],
    [https, ['request', 'get']],
    [net, ['connect', 'createConnection']],
    [dns, ['lookup', 'resolve']],
    [childProcess, ['exec', 'execSync', 'spawn', 'spawnSync']],
    [fs, ['readFile', 'readFileSync', 'openSync', 'open', 'existsSync']],
  ];
  for (const [module, names] of ways) {
    for (const name of names) t.mock.method(module as Record<string, () => void>, name, fail(name));
  }
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

const FOR_ALL: readonly string[] = ['RS256', 'ES256', 'EdDSA'];

function offers(attacker: ReturnType<typeof createKey>): Readonly<Record<string, JsonObject>> {
  const jwk = attacker.jwk as JsonObject;
  const der = attacker.verifying.export({ format: 'der', type: 'spki' });
  return {
    jwk: { jwk },
    'jwk and its own kid': { jwk, kid: 'evil' },
    'jwk and no kid': { jwk, kid: null },
    x5c: { x5c: [der.toString('base64')] },
    'x5c and its own kid': { x5c: [der.toString('base64')], kid: 'evil' },
    x5t: { x5t: 'AAAA', 'x5t#S256': 'AAAA' },
    jku: { jku: 'https://evil.example/jwks.json' },
    'jku and its own kid': { jku: 'https://evil.example/jwks.json', kid: 'evil' },
    'jku on this machine': { jku: 'file:///etc/passwd' },
    x5u: { x5u: 'https://evil.example/cert.pem' },
  };
}

for (const [row, title, names] of [
  ['7', 'a key that the token brings itself, jwk or x5c, is not used', ['jwk', 'x5c', 'x5t']],
  ['8', 'an address of a key that the token brings, jku or x5u, is never asked', ['jku', 'x5u']],
] as const) {
  test(`${row}. ${title}`, (t) => {
    noWayOut(t);
    for (const algorithm of FOR_ALL) {
      const target = createTarget(algorithm);
      const attacker = algorithm === 'RS256' ? createKey('ES256') : createKey(algorithm);
      const mine = Object.entries(offers(attacker)).filter(([what]) => names.some((n) => what.startsWith(n)));
      assert.ok(mine.length > 1);
      for (const [what, offer] of mine) {
        for (const alg of new Set([algorithm, attacker.algorithm])) {
          const header = { ...target.header, alg, ...offer };
          const forged = compact(attacker, encoded(header), encoded(target.claims));
          const { kid } = header as { readonly kid?: JsonValue };
          const code =
            kid !== 'k1'
              ? 'ERR_TOKEN_KEY_UNKNOWN'
              : alg === algorithm
                ? 'ERR_TOKEN_SIGNATURE'
                : 'ERR_TOKEN_ALGORITHM';
          assert.equal(judgeClaims(target, forged), code, `${what} ${alg}`);
          const atJws = judgeForm(target.key, forged);
          // The allow list is looked at before the key.
          assert.ok(atJws === code || atJws === 'ERR_TOKEN_ALGORITHM', `${what} ${alg}: ${atJws}`);
        }
        const { kid: _, ...harmless } = offer as JsonObject & { readonly kid?: JsonValue };
        const good = target.signed({ ...target.header, ...harmless });
        assert.equal(judgeClaims(target, good), undefined, 'signed by the right key it changes nothing');
        assert.equal(judgeForm(target.key, good), undefined);
      }
    }
  });
}

const KIDS: readonly JsonValue[] = [
  '../../../../dev/null',
  '/dev/null',
  '/etc/passwd',
  'file:///etc/passwd',
  'http://evil.example/k',
  "x' UNION SELECT 'secret' --",
  '"; DROP TABLE keys; --',
  '$(id)',
  '`id`',
  '| id',
  '%00',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '0',
  'length',
  ' k1',
  'k1 ',
  'K1',
  'k1\0',
  'k1\n',
  'k\u0131',
  'k'.repeat(65),
  'k'.repeat(257),
  'k'.repeat(4000),
  '',
  null,
  0,
  true,
  ['k1'],
  { kid: 'k1' },
];

test('9. a kid that is a path, a query, a command or no name at all is looked up in a map and nowhere else', (t) => {
  noWayOut(t);
  const target = createTarget('HS256');
  for (const kid of KIDS) {
    const header = { ...target.header, kid };
    // Whoever reads the file of that name, or gets nothing, has an empty or a known secret.
    for (const key of [{ sign: () => 'A'.repeat(43) }, target.key]) {
      const token = compact(key, encoded(header), encoded(target.claims));
      assert.equal(judgeClaims(target, token), 'ERR_TOKEN_KEY_UNKNOWN', JSON.stringify(kid).slice(0, 40));
      assert.equal(judgeForm(target.key, token), 'ERR_TOKEN_KEY_UNKNOWN', JSON.stringify(kid).slice(0, 40));
    }
  }
});

test('9. the kid of a key is limited in length and alphabet', () => {
  const { jwk } = createKey('ES256');
  for (const kid of ['', 'k'.repeat(257), 1, null, ['k']]) {
    assert.equal(
      codeOf(() => parseKey({ ...jwk, kid } as typeof jwk)),
      'ERR_KEY_REFUSED',
    );
  }
  for (const kid of ['../k', 'a b', 'k\n', 'k'.repeat(65), 'k.pem']) {
    const keys = [{ ...jwk, kid }];
    assert.equal(
      codeOf(() => createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys })),
      'ERR_CONFIG',
    );
  }
  assert.equal(
    codeOf(() => createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: [jwk, jwk] })),
    'ERR_KEY_REFUSED',
    'a kid that repeats',
  );
});

test('22. a flood of unknown kids starts nothing at all (keys are not fetched yet: no I/O, nothing asynchronous)', (t) => {
  noWayOut(t);
  const targets = FOR_ALL.map((algorithm) => createTarget(algorithm));
  const started: string[] = [];
  const hook = createHook({ init: (_, type) => void started.push(type) });
  hook.enable();
  try {
    for (let index = 0; index < 3000; index += 1) {
      const target = targets[index % targets.length];
      assert.ok(target !== undefined);
      const header = encoded({ ...target.header, kid: `unknown-${index}` });
      const token = `${header}.${encoded(target.claims)}.AAAA`;
      const algorithms = [target.key.algorithm as JwsAlgorithmName];
      assert.equal(
        codeOf(() => target.verifier.verify(token)),
        'ERR_TOKEN_KEY_UNKNOWN',
      );
      assert.equal(
        codeOf(() => verifyJws(token, { keys: [target.key.jwk] }, { algorithms })),
        'ERR_TOKEN_KEY_UNKNOWN',
      );
    }
  } finally {
    hook.disable();
  }
  // Key objects are jobs for OpenSSL, done at once; what would wait for something is a request, a socket, a timer, a promise.
  const waiting = started.filter((type) => !/^(?:SIGNREQUEST|HASHREQUEST|CHECKPRIMEREQUEST)$/.test(type));
  assert.deepEqual([...new Set(waiting)], []);
});
