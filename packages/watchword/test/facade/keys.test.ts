import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as jose from 'jose';
import type { KeyId } from '../../src/domain/ids.ts';
import { codeOf, rejection } from './support/errors.ts';
import { createInstallation, type Opened } from './support/installation.ts';
import { forge, readToken } from './support/tokens.ts';

function kidOf(token: string): string {
  return String(readToken(token).header['kid']);
}

function states({ auth }: Opened): Readonly<Record<string, string>> {
  return Object.fromEntries(auth.keys.list().map(({ id, state }) => [id, state]));
}

describe('rotating the signing key', () => {
  test('takes a moment in which the old one still signs, and resolves when the new one does', async (t) => {
    const installation = createInstallation(t);
    const opened = await installation.open();
    const { auth } = opened;
    const old = await auth.sessions.start({ subject: 'ada' });
    const startedMs = installation.clock.nowMs();
    const rotating = auth.keys.rotate();
    let between: string | undefined;
    const middle = installation.pass(100).then(async () => {
      between = kidOf((await auth.sessions.start({ subject: 'ada' })).accessToken);
    });
    await middle;
    const { id, state } = await installation.through(rotating);
    assert.equal(between, kidOf(old.accessToken), 'until the others have heard of it');
    assert.equal(state, 'signing');
    assert.ok(installation.clock.nowMs() - startedMs >= 250);
    assert.equal(kidOf((await auth.sessions.start({ subject: 'ada' })).accessToken), id);
    assert.deepEqual(states(opened), { [kidOf(old.accessToken)]: 'retiring', [id]: 'signing' });
  });

  test('leaves old tokens good until they expire, and the old key retired afterwards', async (t) => {
    const installation = createInstallation(t);
    const opened = await installation.open();
    const { auth } = opened;
    const { id: newId } = await installation.through(auth.keys.rotate());
    const last = await auth.sessions.start({ subject: 'ada' });
    await installation.through(auth.keys.rotate());
    const key = (await installation.ring()).signingKeys.get(newId)?.jws;
    assert.ok(key !== undefined);
    installation.later(899_000);
    assert.equal(auth.verify(last.accessToken).subject, 'ada');
    installation.later(1000);
    assert.equal(
      codeOf(() => auth.verify(last.accessToken)),
      'ERR_TOKEN_EXPIRED',
    );
    installation.later(120_000);
    assert.equal(states(opened)[newId], 'retired');
    // Even a token that would still be good is not taken from a retired key.
    const { header, payload } = readToken(last.accessToken);
    const forged = forge(key, header, { ...payload, exp: 9_999_999_999 });
    assert.equal(
      codeOf(() => auth.verify(forged)),
      'ERR_TOKEN_KEY_UNKNOWN',
    );
  });

  test('is told by an event, with the time from which it signs', async (t) => {
    const installation = createInstallation(t);
    const { auth, events } = await installation.open();
    const { id } = await installation.through(auth.keys.rotate({ algorithm: 'ES256' }));
    const [announced] = events;
    assert.ok(announced?.type === 'key_announced' && events.length === 1);
    assert.deepEqual(
      [announced.keyId, announced.algorithm, announced.signsFromMs - announced.atMs],
      [id, 'ES256', 250],
    );
  });

  test('refuses an algorithm that there is not', async (t) => {
    const { auth } = await createInstallation(t).open();
    for (const algorithm of ['none', 'HS1', '', null, 42] as readonly unknown[]) {
      assert.equal((await rejection(auth.keys.rotate({ algorithm } as object))).code, 'ERR_OPTION');
    }
  });

  test('never uses a kid twice', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    for (let round = 0; round < 10; round += 1) await installation.through(auth.keys.rotate());
    const ids = auth.keys.list().map(({ id }) => id);
    assert.equal(new Set(ids).size, 11);
  });
});

describe('moving to another algorithm', () => {
  test('signs nobody out: tokens of the old one stay good, and refreshes give the new one', async (t) => {
    const installation = createInstallation(t);
    const before = await installation.open({ algorithm: 'HS256' });
    const old = await before.auth.sessions.start({ subject: 'ada' });
    const { auth } = await installation.open({ algorithm: 'ES256' });
    assert.equal(auth.verify(old.accessToken).subject, 'ada');
    const fresh = await auth.sessions.refresh(old.refreshToken);
    assert.equal(readToken(fresh.accessToken).header['alg'], 'ES256');
    await installation.settle();
    assert.equal(before.auth.verify(fresh.accessToken).subject, 'ada');
  });

  test('does not let a token of one key pass under the kid of another', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open({ algorithm: 'HS256' });
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    const { id } = await installation.through(auth.keys.rotate({ algorithm: 'ES256' }));
    const { header, payload } = readToken(accessToken);
    const hmac = (await installation.ring()).signingKeys.get(header['kid'] as KeyId)?.jws;
    assert.ok(hmac !== undefined);
    assert.equal(
      codeOf(() => auth.verify(forge(hmac, { ...header, kid: id }, payload))),
      'ERR_TOKEN_ALGORITHM',
    );
    assert.equal(
      codeOf(() => auth.verify(forge(hmac, { ...header, kid: id, alg: 'ES256' }, payload))),
      'ERR_TOKEN_SIGNATURE',
    );
  });
});

describe('the JWKS', () => {
  test('is empty where all keys are secrets', async (t) => {
    const { auth } = await createInstallation(t).open();
    assert.deepEqual(auth.keys.jwks(), { keys: [] });
  });

  test('has the announced, the signing and the retiring keys, and neither the retired nor the compromised', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open({ algorithm: 'ES256' });
    const kids = () => auth.keys.jwks().keys.map(({ kid }) => kid);
    const [first] = auth.keys.list();
    assert.deepEqual(kids(), [first?.id]);
    const rotating = auth.keys.rotate();
    while (auth.keys.list().length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(kids().length, 2, 'announced');
    const { id } = await installation.through(rotating);
    assert.deepEqual(kids().toSorted(), [first?.id, id].toSorted(), 'retiring');
    installation.later(1_020_000);
    assert.deepEqual(kids(), [id], 'retired');
    await installation.through(auth.keys.compromise(id));
    assert.ok(!kids().includes(id) && kids().length === 1, 'compromised, and replaced');
  });

  test('is enough for jose to verify an access token', async (t) => {
    for (const algorithm of ['RS256', 'ES256'] as const) {
      const { auth } = await createInstallation(t).open({ algorithm });
      const { accessToken } = await auth.sessions.start({ subject: 'ada' });
      const keySet = jose.createLocalJWKSet(auth.keys.jwks() as unknown as jose.JSONWebKeySet);
      const { payload } = await jose.jwtVerify(accessToken, keySet, {
        issuer: 'https://app.example',
        audience: 'https://app.example',
        typ: 'at+jwt',
        currentDate: new Date(1_767_225_600_000),
      });
      assert.equal(payload.sub, 'ada');
    }
  });
});

describe('a compromised key', () => {
  test('is dead at once with all that it signed, and replaced by one of its algorithm', async (t) => {
    for (const algorithm of ['HS256', 'ES256'] as const) {
      const installation = createInstallation(t);
      const opened = await installation.open({ algorithm });
      const { auth, newTypes } = opened;
      const old = await auth.sessions.start({ subject: 'ada' });
      newTypes();
      await installation.through(auth.keys.compromise(kidOf(old.accessToken)));
      assert.equal(
        codeOf(() => auth.verify(old.accessToken)),
        'ERR_TOKEN_REVOKED',
      );
      assert.deepEqual(newTypes().toSorted(), ['key_announced', 'key_compromised', 'revocation_recorded']);
      const fresh = await auth.sessions.refresh(old.refreshToken);
      assert.equal(auth.verify(fresh.accessToken).subject, 'ada');
      assert.equal(readToken(fresh.accessToken).header['alg'], algorithm);
      assert.deepEqual(Object.values(states(opened)).toSorted(), ['compromised', 'signing']);
    }
  });

  test('that was retiring is not replaced: another signs already', async (t) => {
    const installation = createInstallation(t);
    const opened = await installation.open();
    const old = await opened.auth.sessions.start({ subject: 'ada' });
    await installation.through(opened.auth.keys.rotate());
    await opened.auth.keys.compromise(kidOf(old.accessToken));
    assert.deepEqual(Object.values(states(opened)).toSorted(), ['compromised', 'signing']);
    assert.equal(
      codeOf(() => opened.auth.verify(old.accessToken)),
      'ERR_TOKEN_REVOKED',
    );
  });

  test('stays dead in a process that starts later, long after', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const old = await auth.sessions.start({ subject: 'ada' });
    const { header, payload } = readToken(old.accessToken);
    const key = (await installation.ring()).signingKeys.get(header['kid'] as KeyId)?.jws;
    assert.ok(key !== undefined);
    await auth.keys.compromise(key.id);
    installation.later(300 * 86_400_000);
    await installation.pass(60_000);
    const { auth: late } = await installation.open();
    const iat = Math.floor(installation.clock.nowMs() / 1000);
    const forged = forge(key, header, { ...payload, iat, exp: iat + 600 });
    for (const each of [auth, late])
      assert.equal(
        codeOf(() => each.verify(forged)),
        'ERR_TOKEN_REVOKED',
      );
  });

  test('may be named again', async (t) => {
    const installation = createInstallation(t);
    const opened = await installation.open();
    const [key] = opened.auth.keys.list();
    assert.ok(key !== undefined);
    await opened.auth.keys.compromise(key.id);
    await opened.auth.keys.compromise(key.id);
    assert.equal(opened.auth.keys.list().length, 2, 'its replacement is not replaced');
  });

  for (const kid of ['unknown', '', '../x', undefined, null, 42, '__proto__'] as readonly string[]) {
    test(`cannot be ${JSON.stringify(kid)}`, async (t) => {
      const { auth, events } = await createInstallation(t).open();
      assert.equal((await rejection(auth.keys.compromise(kid))).code, 'ERR_OPTION');
      assert.deepEqual(events, []);
      assert.equal(auth.keys.list()[0]?.state, 'signing');
    });
  }
});

test('no list of keys shows any material', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open({ algorithm: 'ES256' });
  await installation.through(auth.keys.rotate({ algorithm: 'HS256' }));
  for (const key of auth.keys.list()) {
    for (const name of Object.keys(key)) {
      assert.ok(
        ['id', 'algorithm', 'announcedMs', 'signsFromMs', 'succession', 'state'].includes(name),
        name,
      );
    }
  }
});

test('an installation whose clock is set back at its first start goes on signing', async (t) => {
  const installation = createInstallation(t);
  const { auth } = await installation.open();
  installation.later(-1000);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  assert.equal(auth.verify(accessToken).subject, 'ada');
});
