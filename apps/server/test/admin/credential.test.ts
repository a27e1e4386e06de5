import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdminCredential } from '../../src/admin/admin-credential.ts';
import { ADMIN_ENDPOINTS } from '../../src/admin/endpoints.ts';
import { assertProblem } from '../app/assert-problem.ts';
import { ask } from '../app/exchange.ts';
import { askAs, startAdminHost, type AdminAnswer } from './admin-host.ts';

const PATHS = [...new Set(ADMIN_ENDPOINTS.map(({ path }) => path.replaceAll(/\{\w+\}/g, 'x')))];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

test('a credential is wwadm_ and 32 random bytes, and no two are alike', () => {
  const tokens = [createAdminCredential().token, createAdminCredential().token];
  for (const token of tokens) assert.match(token, /^wwadm_[A-Za-z0-9_-]{43}$/);
  assert.notEqual(tokens[0], tokens[1]);
});

test('without the credential nobody learns anything but that one is wanted', async (t) => {
  const host = await startAdminHost(t);
  for (const path of PATHS) {
    for (const method of METHODS) {
      const { status, headers, text } = await ask(host, { method, path });
      assert.equal(status, 401, `${method} ${path}`);
      assert.equal(headers['www-authenticate'], 'Bearer realm="watchword"');
      assert.equal(headers['cache-control'], 'no-store');
      if (method !== 'HEAD') assert.equal(JSON.parse(text).code, 'ERR_ADMIN_CREDENTIAL');
    }
  }
});

test('what is not exactly the credential, in a bearer header, is refused', async (t) => {
  const host = await startAdminHost(t);
  const { token } = host.credential;
  const formerStart = createAdminCredential().token;
  const { accessToken } = await host.auth.sessions.start({ subject: 'ada' });
  const wrong: Readonly<Record<string, Record<string, string>>> = {
    'a former start’s': { authorization: `Bearer ${formerStart}` },
    'a user’s access token': { authorization: `Bearer ${accessToken}` },
    'all but the last character': { authorization: `Bearer ${token.slice(0, -1)}` },
    'one character more': { authorization: `Bearer ${token}A` },
    'in another case': { authorization: `Bearer ${token.toUpperCase()}` },
    nothing: { authorization: 'Bearer ' },
    'another scheme': { authorization: `Basic ${Buffer.from(`admin:${token}`).toString('base64')}` },
    'no scheme': { authorization: token },
    'in a cookie': { cookie: `admin=${token}; __Host-ww_at=${token}; __Host-ww_rt=${token}` },
    'in a header of its own': { 'x-admin-token': token, 'x-api-key': token },
  };
  for (const [what, headers] of Object.entries(wrong)) {
    assertProblem(await ask(host, { path: '/admin/v1/keys', headers }), what, {
      status: 401,
      code: 'ERR_ADMIN_CREDENTIAL',
    });
  }
  const inQuery = await ask(host, { path: `/admin/v1/keys?access_token=${token}&token=${token}` });
  assert.equal(inQuery.status, 401);
  const inBody = await ask(host, {
    method: 'POST',
    path: '/admin/v1/revocations',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'all', access_token: token }),
  });
  assert.equal(inBody.status, 401);
  assert.deepEqual((await host.auth.revoke.log()).records, []);
});

test('with it every path says which methods it takes, and takes no other', async (t) => {
  const host = await startAdminHost(t);
  for (const path of PATHS) {
    const answer = await host.admin('PATCH', path);
    assert.equal(answer.body.code, 'ERR_METHOD', path);
    const allowed = String(answer.headers.allow).split(', ');
    const declared = ADMIN_ENDPOINTS.filter((one) => one.path.replaceAll(/\{\w+\}/g, 'x') === path);
    assert.deepEqual(
      allowed.filter((method) => method !== 'HEAD').toSorted(),
      declared.map(({ method }) => method).toSorted(),
    );
  }
  assertProblem(await askAs(host, host.credential.token, 'GET', '/admin/v1/nothing'), 'no path', {
    code: 'ERR_ROUTE_UNKNOWN',
  });
});

test('bodies are JSON objects of at most 16 kB with known members, as everywhere', async (t) => {
  const host = await startAdminHost(t);
  const path = '/admin/v1/revocations';
  const codeOf = async (body: string, type = 'application/json') => {
    const headers = { authorization: `Bearer ${host.credential.token}`, 'content-type': type };
    const answer = await ask(host, { method: 'POST', path, headers, body });
    assertProblem(answer, body.slice(0, 50));
    return JSON.parse(answer.text).code;
  };
  assert.equal(await codeOf('{"kind":"all"}', 'text/plain'), 'ERR_CONTENT_TYPE');
  assert.equal(await codeOf('kind=all', 'application/x-www-form-urlencoded'), 'ERR_CONTENT_TYPE');
  assert.equal(await codeOf('{"kind":"all"'), 'ERR_BODY_NOT_JSON');
  assert.equal(await codeOf('["all"]'), 'ERR_BODY_NOT_JSON');
  assert.equal(await codeOf('{"kind":"token","kind":"all"}'), 'ERR_BODY_NOT_JSON');
  assert.equal(await codeOf(`{"kind":"all"${' '.repeat(16_384)}}`), 'ERR_BODY_TOO_LARGE');
  assert.equal(await codeOf('{"kind":"all","Xq7zMarkerXq7z":1}'), 'ERR_BODY_INVALID');
  assert.equal(await codeOf(''), 'ERR_BODY_INVALID');
  assert.deepEqual((await host.auth.revoke.log()).records, []);
});

test('what was wrong is named, by place and member, and not repeated', async (t) => {
  const host = await startAdminHost(t);
  const wrong = await host.admin('GET', '/admin/v1/sessions?limit=Xq7zMarkerXq7z&subject=&Xq7zMarkerXq7z=1');
  assertProblem(wrong, 'query', { status: 422, code: 'ERR_BODY_INVALID' });
  assert.deepEqual(membersOf(wrong), ['query', 'query.limit', 'query.subject']);
  const body = await host.admin('POST', '/admin/v1/clients', { roles: ['Xq7zMarkerXq7z'], name: '' });
  assertProblem(body, 'body', { status: 422, code: 'ERR_BODY_INVALID' });
  assert.deepEqual(membersOf(body), ['name', 'roles.0']);
});

/** A member can be wrong in more ways than one. */
function membersOf({ body }: AdminAnswer): string[] {
  return [...new Set<string>(body.errors.map(({ member }: { member: string }) => member))].toSorted();
}
