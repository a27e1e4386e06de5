import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import type { RefreshKey } from '../../src/crypto/chain-text.ts';
import { OPAQUE_ID } from '../../src/crypto/opaque-id.ts';
import { REFRESH_TOKEN } from '../../src/crypto/refresh-token.ts';
import { createSessionId, parseSessionId } from '../../src/domain/ids.ts';
import { createInstallation } from '../facade/support/installation.ts';
import { spiedStore } from '../facade/support/spied-store.ts';
import { Browser, signedUp } from './browser.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** With its checksum made right. */
function checked(text: string): string {
  let digits = '';
  for (let rest = crc32(text); digits.length < 6; rest = Math.floor(rest / 62))
    digits = BASE62.charAt(rest % 62) + digits;
  return text + digits;
}

/** The bytes of a text, changed by somebody who knows the format. */
function tampered(text: string, change: (bytes: Buffer) => void): string {
  const bytes = Buffer.from(text.slice(4, 76), 'base64url');
  change(bytes);
  return checked(text.slice(0, 4) + bytes.toString('base64url'));
}

async function started(t: TestContext) {
  const installation = createInstallation(t);
  const calls: string[] = [];
  const store = spiedStore(installation.factory, (call) => void calls.push(call));
  const opened = await installation.open({ store, accounts: true, browserSessions: 'opaque' });
  const browser = await signedUp(opened.auth);
  const id = browser.jar.get('sid') ?? '';
  const sessionId = parseSessionId((await opened.auth.sessions.page()).sessions[0]?.id);
  assert.ok(sessionId);
  const record = (await (await installation.store()).sessions.find(sessionId))?.record;
  const key = (await installation.ring()).refreshKeys.get(1);
  assert.ok(record && key);
  calls.length = 0;
  opened.newTypes();

  /** Shows a text as what the browser has, at a guard and where it is refreshed. */
  async function show(text: string, kind = 'sid') {
    const other = new Browser();
    other.jar.set(kind, text);
    const { code, status, waited } = await other.visit(opened.auth);
    const refreshed = await other.refresh(opened.auth);
    return { code, status, waited, refreshed: refreshed.code, setCookies: refreshed.setCookies };
  }

  return { installation, ...opened, browser, id, sessionId, share: record.share, key, calls, show };
}

describe('what the server’s key has not made never comes to the store', () => {
  test('tampered with, truncated, of another installation, of another form', async (t) => {
    const { auth, browser, id, sessionId, share, key, calls, show } = await started(t);
    const foreignKey: RefreshKey = { version: 1, bytes: new Uint8Array(32).fill(7) };
    const refreshToken = REFRESH_TOKEN.format(sessionId, 1, key, share);
    const texts: readonly [string, string][] = [
      ['a generation further', tampered(id, (bytes) => bytes.writeUInt32BE(2, 18))],
      ['a generation back', tampered(id, (bytes) => bytes.writeUInt32BE(0, 18))],
      ['another session', tampered(id, (bytes) => bytes.writeUInt8(1, 17))],
      ['another version of the key', tampered(id, (bytes) => bytes.writeUInt8(0, 1))],
      ['another format', tampered(id, (bytes) => bytes.writeUInt8(2, 0))],
      ['a wrong inner tag', tampered(id, (bytes) => bytes.writeUInt8((bytes[22] ?? 0) ^ 1, 22))],
      ['a wrong outer tag', tampered(id, (bytes) => bytes.writeUInt8((bytes[53] ?? 0) ^ 1, 53))],
      ['another installation’s', OPAQUE_ID.format(sessionId, 1, foreignKey, share)],
      ['a refresh token', refreshToken],
      ['a refresh token with the prefix changed', checked(`wws_${refreshToken.slice(4, 76)}`)],
      ['a prefix changed and not the checksum', `wws_${refreshToken.slice(4)}`],
      ['truncated', id.slice(0, -1)],
      ['longer', `${id}0`],
      ['nothing but the prefix', 'wws_'],
      ['all zeros', checked(`wws_${'A'.repeat(72)}`)],
    ];
    for (const [what, text] of texts) {
      const { status, code, waited, refreshed, setCookies } = await show(text);
      assert.deepEqual(
        [status, waited, refreshed, setCookies],
        [401, false, 'ERR_REFRESH_INVALID', []],
        what,
      );
      assert.match(code ?? '', /^ERR_TOKEN_(?:MALFORMED|SIGNATURE|KEY_UNKNOWN)$/, what);
    }
    assert.deepEqual(calls, []);
    assert.ok((await browser.visit(auth)).token, 'and the session goes on');
  });

  test('an id in the place of a refresh token is none, with either prefix', async (t) => {
    const { auth, browser, id, calls, show } = await started(t);
    for (const text of [id, checked(`wwr_${id.slice(4, 76)}`)]) {
      assert.equal((await show(text, 'rt')).refreshed, 'ERR_REFRESH_INVALID');
      const inBody = await new Browser().ask(auth, 'POST', '/auth/refresh', { refresh_token: text });
      assert.equal(inBody.status === 200, false);
    }
    assert.deepEqual(calls, []);
    const { code } = await new Browser().visit(auth);
    assert.equal(code, 'ERR_TOKEN_MISSING');
    assert.ok((await browser.visit(auth)).token);
  });

  test('an id in the place of an access token is none', async (t) => {
    const { id, calls, show } = await started(t);
    assert.equal((await show(id, 'at')).code, 'ERR_TOKEN_MALFORMED');
    assert.deepEqual(calls, []);
  });
});

describe('what half of the keys has made', () => {
  test('is refused at the row, remembered by nobody, and raises an alarm', async (t) => {
    const { sessionId, key, calls, newTypes, show } = await started(t);
    const forged = OPAQUE_ID.format(sessionId, 1, key, new Uint8Array(32).fill(1));
    for (let count = 0; count < 3; count += 1) {
      assert.equal((await show(forged)).code, 'ERR_TOKEN_SIGNATURE');
      assert.ok(newTypes().includes('server_key_suspected'));
    }
    assert.equal(calls.filter((call) => call === 'sessions.find').length, 6);
  });

  test('of a session that there is not is refused, and remembered by nobody', async (t) => {
    const { installation, share, key, calls, newTypes, show } = await started(t);
    const unknown = createSessionId(installation.clock.nowMs(), new Uint8Array(10).fill(9));
    const forged = OPAQUE_ID.format(unknown, 1, key, share);
    for (let count = 0; count < 3; count += 1) assert.equal((await show(forged)).code, 'ERR_TOKEN_EXPIRED');
    assert.equal(calls.filter((call) => call === 'sessions.find').length, 6);
    assert.ok(!newTypes().includes('server_key_suspected'));
  });
});

test('the same cookie twice is refused: one of them is somebody else’s doing', async (t) => {
  const { auth, id } = await started(t);
  const verdict = await auth.http.guard('a test')({
    method: 'GET',
    path: '/',
    remoteAddress: undefined,
    header: (name) => (name === 'cookie' ? `__Host-ww_sid=${id}; __Host-ww_sid=tossed` : undefined),
    readBody: async () => ({ kind: 'aborted' }),
  });
  assert.ok(verdict.kind === 'refused');
  assert.equal(JSON.parse(verdict.response.body).code, 'ERR_TOKEN_AMBIGUOUS');
});
