import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { sha256 } from '../../src/crypto/digest.ts';
import { createAccounts } from '../../src/engine/accounts/accounts.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { createEventHub } from '../../src/facade/event-hub.ts';
import { parseKey, verifyJws, WatchwordError, type Jwk } from '../../src/facade/jws.ts';
import { memory } from '../../src/stores/memory/index.ts';
import { attack } from '../facade/support/attack.ts';
import { codeOf } from '../facade/support/errors.ts';
import { createInstallation } from '../facade/support/installation.ts';
import { openInstallation, signedIn, CREDENTIALS } from '../http/installation.ts';
import { createKey } from './support/keys.ts';
import { createTarget, judgeClaims, withClaims } from './support/target.ts';

const INJECTION = 'forged\r\n2026-01-01 INFO admin signed in \u001b[2J<script>$' + '{jndi:ldap://x}';

/** All that a log could get to see of an error. */
function told(error: WatchwordError): string {
  return [
    error.message,
    error.detail,
    error.stack,
    String(error),
    String(error.cause),
    JSON.stringify(error),
  ].join();
}

function errorOf(run: () => unknown): WatchwordError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof WatchwordError);
    return error;
  }
  return assert.fail('it was not refused');
}

test('27. no error tells a token, a part of one, or a text that came with one', () => {
  const target = createTarget('HS256');
  const { header, claims, token } = target;
  const tokens = [
    `${token}x`,
    `${token.slice(0, -3)}AAA`,
    target.signed({ ...header, alg: INJECTION }),
    target.signed({ ...header, kid: INJECTION }),
    target.signed({ ...header, typ: INJECTION }),
    target.signed({ ...header, crit: [INJECTION] }),
    target.signed(INJECTION),
    target.signed(header, INJECTION),
    ...Object.keys(claims).map((name) => target.signed(header, { ...claims, [name]: [INJECTION] })),
    target.signed(header, { ...claims, iss: INJECTION }),
    target.signed(header, { ...claims, aud: INJECTION }),
    target.signed(header, withClaims(claims, { exp: 1, sub: INJECTION })),
    INJECTION,
  ];
  for (const bad of tokens) {
    for (const run of [
      () => target.verifier.verify(bad),
      () => verifyJws(bad, target.key.jwk, { algorithms: ['ES256'] }),
    ]) {
      let error: WatchwordError;
      try {
        error = errorOf(run);
      } catch (reason) {
        throw new Error(`judged: ${bad.slice(0, 60)}`, { cause: reason });
      }
      const text = told(error);
      for (const part of [bad, ...bad.split('.').filter((one) => one.length > 8)]) {
        assert.ok(!text.includes(part), `${error.code} tells ${part.slice(0, 20)}`);
      }
      assert.ok(!text.includes('forged') && !text.includes('\u001b') && !text.includes('jndi'), error.code);
      assert.match(error.message, /^[\u0020-\u007e’“”…–]+$/, 'one line');
    }
  }
});

test('27. no error about a key shows a part of it', () => {
  const members = ['k', 'd', 'n', 'x', 'p', 'q', 'priv'] as const;
  for (const algorithm of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
    const { privateJwk, signing } = createKey(algorithm);
    const pem = algorithm === 'HS256' ? '' : signing.export({ format: 'pem', type: 'pkcs8' }).toString();
    const breaks: readonly (() => unknown)[] = [
      ...members.map(
        (name) => () => parseKey({ ...privateJwk, [name]: `${String(privateJwk[name as 'k'])}=` }),
      ),
      () => parseKey({ ...privateJwk, alg: 'none' }),
      () => parseKey({ ...privateJwk, use: INJECTION }),
      () => parseKey({ ...privateJwk, key_ops: [INJECTION] }),
      () => parseKey({ ...privateJwk, crv: INJECTION, kty: INJECTION } as Jwk),
      () => parseKey(`x${pem}`, { algorithm: 'ES512' }),
      () => parseKey(pem, { algorithm: 'ES512' }),
    ];
    for (const run of breaks) {
      let text = '';
      try {
        run();
      } catch (error) {
        assert.ok(error instanceof WatchwordError);
        text = told(error);
      }
      for (const name of members) {
        const secret = privateJwk[name as 'k'];
        if (typeof secret === 'string') assert.ok(!text.includes(secret), `${algorithm}: ${name}`);
      }
      for (const line of pem.split('\n').filter((one) => /^[^-]/.test(one))) assert.ok(!text.includes(line));
      assert.ok(!text.includes('forged'));
    }
  }
});

test('27. no event tells a token or an injected line', async (t) => {
  const { installation, withHeader, sign, payload } = await attack(t);
  const { auth, events } = await installation.open();
  const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'ada' });
  for (const bad of [
    withHeader({ kid: INJECTION }),
    sign({ ...payload, iss: INJECTION }),
    `${accessToken}x`,
    INJECTION,
  ]) {
    codeOf(() => auth.verify(bad));
    await auth.sessions.refresh(bad).catch(() => undefined);
  }
  await auth.sessions.refresh(`${refreshToken.slice(0, -4)}AAAA`).catch(() => undefined);
  await installation.settle();
  const text = JSON.stringify(events);
  for (const secret of [
    accessToken,
    refreshToken,
    refreshToken.slice(34),
    accessToken.split('.')[2] ?? '',
    'forged',
  ]) {
    assert.ok(!text.includes(secret), secret.slice(0, 12));
  }
});

test('28. a MAC is compared once and in constant time, wherever it is wrong', (t) => {
  const target = createTarget('HS256', { tokenCacheSize: 0 });
  const compared: number[][] = [];
  const original = crypto.timingSafeEqual;
  t.mock.method(crypto, 'timingSafeEqual', (a: Uint8Array, b: Uint8Array) => {
    compared.push([a.length, b.length]);
    return original(a, b);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const end = target.token.lastIndexOf('.') + 1;
  assert.equal(judgeClaims(target, target.token), undefined);
  for (let at = end; at < target.token.length; at += 1) {
    const other = target.token[at] === 'A' ? 'B' : 'A';
    const changed = target.token.slice(0, at) + other + target.token.slice(at + 1);
    assert.equal(judgeClaims(target, changed), 'ERR_TOKEN_SIGNATURE');
  }
  assert.equal(compared.length, target.token.length - end + 1, 'one comparison for each');
  assert.ok(compared.every(([a, b]) => a === 43 && b === 43));
});

test('28. an unknown user costs what a wrong password costs, and is answered alike', async (t) => {
  const { clock, random, scheduler, hasher } = createInstallation(t);
  const store = await memory().open({ clock, random, scheduler, digest: sha256, patienceMs: 1000 });
  const settings = {} as EngineContext['settings'];
  const context: EngineContext = { settings, clock, random, scheduler, events: createEventHub(clock), store };
  const accounts = await createAccounts(context, { signUpIsOpen: true, hashesAtOnce: 4, hasher });
  await accounts.signUp(CREDENTIALS);
  for (const email of [CREDENTIALS.email, 'nobody@example.com', 'no address', '']) {
    const { verify, hash } = { ...hasher.calls };
    assert.deepEqual(await accounts.signIn({ email, password: 'wrong horse battery' }), { kind: 'refused' });
    assert.deepEqual([hasher.calls.verify - verify, hasher.calls.hash - hash], [1, 0], email);
  }

  const installation = await openInstallation(t);
  await signedIn(installation, 'body');
  const [wrong, unknown] = await Promise.all(
    [CREDENTIALS.email, 'nobody@example.com'].map((email) => {
      const body = { email, password: 'wrong horse battery', delivery: 'body' };
      return installation.ask('POST', '/auth/sign-in', { body });
    }),
  );
  assert.equal(wrong?.code, 'ERR_SIGN_IN_FAILED');
  assert.ok(unknown !== undefined && wrong !== undefined);
  const same = (answer: typeof wrong) => [answer?.status, { ...answer?.json, instance: undefined }];
  assert.deepEqual(same(unknown), same(wrong));
});
