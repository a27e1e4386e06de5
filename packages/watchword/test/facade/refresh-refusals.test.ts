import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import type { RefreshKey } from '../../src/crypto/chain-text.ts';
import { REFRESH_TOKEN } from '../../src/crypto/refresh-token.ts';
import { createSessionId } from '../../src/domain/ids.ts';
import type { NeutralRequest } from '../../src/http/neutral.ts';
import { rejection } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { spiedStore } from './support/spied-store.ts';

const DAY = 86_400_000;

/** An installation whose looks at the store are noted. */
async function started(t: TestContext) {
  const installation = createInstallation(t);
  const calls: string[] = [];
  const store = spiedStore(installation.factory, (call) => void calls.push(call));
  const opened = await installation.open({ store });
  const first = await opened.auth.sessions.start({ subject: 'ada' });
  const ring = await installation.ring();
  const refreshKey = ring.refreshKeys.get(1) ?? assert.fail('there is no refresh key');
  const record = (await (await installation.store()).sessions.find(first.session.id))?.record;
  assert.ok(record !== undefined);
  opened.newTypes();
  calls.length = 0;

  /** Presents a text that is refused for `reason`: one event, no write, and the session goes on. */
  async function refusedFor(reason: string, text: unknown, client?: string): Promise<void> {
    opened.newTypes();
    calls.length = 0;
    const refreshing = opened.auth.sessions.refresh(text as string, client === undefined ? {} : { client });
    const error = await rejection(refreshing);
    assert.equal(error.code, 'ERR_REFRESH_INVALID');
    assert.equal(error.detail, reason);
    assert.deepEqual(
      opened.newTypes().filter((type) => type !== 'server_key_suspected'),
      ['refresh_refused'],
    );
    const event = opened.events.at(-1);
    assert.equal(event?.type === 'refresh_refused' && event.reason, reason);
    const after = (await (await installation.store()).sessions.find(first.session.id))?.record;
    assert.deepEqual(after, record, 'nothing was changed');
    assert.deepEqual(
      calls.filter((call) => call !== 'sessions.find'),
      [],
      'nothing was written',
    );
  }

  return { installation, ...opened, first, refreshKey, record, calls, refusedFor };
}

describe('what is no token of ours is refused without a look at the store', () => {
  test('malformed: any text, any type', async (t) => {
    const { first, calls, refusedFor } = await started(t);
    for (const text of [
      '',
      'x',
      first.accessToken,
      `${first.refreshToken} `,
      'wwr_',
      undefined,
      null,
      42,
      {},
      [first.refreshToken],
    ]) {
      await refusedFor('malformed', text);
      assert.deepEqual(calls, []);
    }
  });

  test('forged: right shape and checksum, wrong outer tag', async (t) => {
    const { first, calls, refreshKey, record, refusedFor } = await started(t);
    const other: RefreshKey = { version: 1, bytes: new Uint8Array(32).fill(1) };
    const forged = REFRESH_TOKEN.format(first.session.id, 1, other, record.share);
    await refusedFor('forged', forged);
    assert.deepEqual(calls, []);
    const unknownVersion = REFRESH_TOKEN.format(
      first.session.id,
      1,
      { ...refreshKey, version: 2 },
      record.share,
    );
    await refusedFor('forged', unknownVersion);
    assert.deepEqual(calls, []);
  });

  test('forged: any one bit of it changed, with the checksum set right', async (t) => {
    const { first, calls, refusedFor } = await started(t);
    const bytes = Buffer.from(first.refreshToken.slice(4, 76), 'base64url');
    for (let bit = 8; bit < bytes.length * 8; bit += 5) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await refusedFor('forged', withChecksum(`wwr_${changed.toString('base64url')}`));
      assert.deepEqual(calls, []);
    }
  });

  test('another installation’s: same issuer, same format, other keys', async (t) => {
    const { refusedFor } = await started(t);
    const { auth } = await createInstallation(t).open({ issuer: 'https://other.example' });
    const { refreshToken } = await auth.sessions.start({ subject: 'ada' });
    await refusedFor('forged', refreshToken);
  });
});

describe('what half of the keys made is refused', () => {
  test('without the share of the row, and loudly: the server’s key is suspected to be out', async (t) => {
    const { first, refreshKey, events, refusedFor } = await started(t);
    for (const generation of [1, 2, 0xffff_ffff]) {
      await refusedFor(
        'forged',
        REFRESH_TOKEN.format(first.session.id, generation, refreshKey, new Uint8Array(32)),
      );
      const suspected = events.at(-2);
      assert.ok(suspected?.type === 'server_key_suspected');
      assert.equal(suspected.sessionId, first.session.id);
    }
  });

  test('for a session that does not exist: unknown, without an alarm', async (t) => {
    const { refreshKey, record, newTypes, installation, refusedFor } = await started(t);
    const nobody = createSessionId(installation.clock.nowMs(), new Uint8Array(10));
    await refusedFor('unknown', REFRESH_TOKEN.format(nobody, 1, refreshKey, record.share));
    assert.deepEqual(newTypes(), []);
  });
});

describe('what comes the wrong way is refused and convicts nobody', () => {
  test('of another client', async (t) => {
    const { auth, first, refusedFor } = await started(t);
    for (const client of ['mobile', 'APP', 'app ', ''])
      await refusedFor('wrong_client', first.refreshToken, client);
    assert.ok((await auth.sessions.refresh(first.refreshToken, { client: 'app' })).refreshToken);
  });

  test('of a session that lives in cookies', async (t) => {
    const { auth, events } = await createInstallation(t).open();
    const { session, cookies } = await auth.http.startCookieSession(OWN_PAGE, { subject: 'ada' });
    const cookie = cookies.map(([, value]) => value).find((value) => value.startsWith('__Host-ww_rt='));
    const token = cookie?.split(';', 1)[0]?.slice('__Host-ww_rt='.length) ?? '';
    const error = await rejection(auth.sessions.refresh(token));
    assert.deepEqual([error.code, error.detail], ['ERR_REFRESH_INVALID', 'wrong_delivery']);
    assert.equal(events.at(-1)?.type, 'refresh_refused');
    assert.equal((await auth.sessions.get(session.id))?.delivery, 'cookie');
  });

  test('of another client and long reused: the client is looked at first', async (t) => {
    const { auth, installation, first } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(40_001);
    await auth.sessions.refresh(second.refreshToken);
    const error = await rejection(auth.sessions.refresh(first.refreshToken, { client: 'mobile' }));
    assert.equal(error.detail, 'wrong_client');
    assert.ok(await auth.sessions.get(first.session.id));
  });
});

describe('what comes too late is refused and convicts nobody', () => {
  test('after 7 days without a refresh, to the millisecond', async (t) => {
    const { auth, installation, first, refusedFor } = await started(t);
    installation.later(7 * DAY);
    await refusedFor('expired', first.refreshToken);
    assert.equal(await auth.sessions.get(first.session.id), undefined);
    assert.deepEqual(await auth.sessions.list('ada'), []);
    installation.later(-1);
    assert.ok((await auth.sessions.refresh(first.refreshToken)).refreshToken);
  });

  test('after 30 days, however often it was refreshed', async (t) => {
    const { auth, installation, first } = await started(t);
    let { refreshToken, session } = first;
    for (let days = 0; days < 30; days += 6) {
      installation.later(6 * DAY - 1);
      ({ refreshToken, session } = await auth.sessions.refresh(refreshToken));
    }
    assert.equal(
      session.idleExpiresMs,
      session.absoluteExpiresMs,
      'idle expiry never lies beyond the absolute one',
    );
    installation.later(4);
    assert.ok((await auth.sessions.refresh(refreshToken)).refreshToken);
    installation.later(1);
    assert.equal((await rejection(auth.sessions.refresh(refreshToken))).detail, 'expired');
  });

  test('an old token of an expired session is expired, not reused', async (t) => {
    const { auth, installation, first, newTypes } = await started(t);
    const second = await auth.sessions.refresh(first.refreshToken);
    installation.later(40_001);
    await auth.sessions.refresh(second.refreshToken);
    installation.later(7 * DAY);
    newTypes();
    assert.equal((await rejection(auth.sessions.refresh(first.refreshToken))).detail, 'expired');
    assert.deepEqual(newTypes(), ['refresh_refused']);
  });

  test('a rotation moves the idle expiry, an answer that is repeated does not', async (t) => {
    const { auth, installation, first } = await started(t);
    installation.later(DAY);
    const rotated = await auth.sessions.refresh(first.refreshToken);
    assert.equal(rotated.session.idleExpiresMs, first.session.idleExpiresMs + DAY);
    installation.later(10_000);
    for (const token of [rotated.refreshToken, first.refreshToken]) {
      const { session } = await auth.sessions.refresh(token);
      assert.equal(session.idleExpiresMs, rotated.session.idleExpiresMs);
    }
  });
});

test('what ended is ended: by hand, and for whoever comes', async (t) => {
  const { auth, first } = await started(t);
  const second = await auth.sessions.refresh(first.refreshToken);
  await auth.revoke.session(first.session.id);
  for (const token of [first.refreshToken, second.refreshToken]) {
    assert.equal((await rejection(auth.sessions.refresh(token))).detail, 'ended');
  }
});

test('from outside all refusals look the same', async (t) => {
  const { auth, first } = await started(t);
  const errors = [await rejection(auth.sessions.refresh('x'))];
  errors.push(await rejection(auth.sessions.refresh(first.refreshToken, { client: 'b' })));
  await auth.revoke.session(first.session.id);
  errors.push(await rejection(auth.sessions.refresh(first.refreshToken)));
  assert.equal(new Set(errors.map(({ code, message, status }) => `${code} ${message} ${status}`)).size, 1);
});

const OWN_PAGE: NeutralRequest = {
  method: 'POST',
  path: '/auth/sign-in',
  remoteAddress: undefined,
  header: (name) => (name === 'sec-fetch-site' ? 'same-origin' : undefined),
  readBody: async () => ({ kind: 'bytes', bytes: new Uint8Array() }),
};

function withChecksum(text: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let sum = '';
  for (let rest = crc32(text); sum.length < 6; rest = Math.floor(rest / 62))
    sum = digits.charAt(rest % 62) + sum;
  return text + sum;
}
