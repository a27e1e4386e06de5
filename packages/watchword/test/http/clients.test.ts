import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openInstallation } from './installation.ts';

test('a client names itself when it refreshes a session of its own', async (t) => {
  const { auth, ask } = await openInstallation(t);
  const { refreshToken } = await auth.sessions.start({ subject: 'ada', client: 'mobile' });
  const refresh = (members: object) =>
    ask('POST', '/auth/refresh', { body: { refresh_token: refreshToken, ...members } });
  assert.equal((await refresh({})).code, 'ERR_REFRESH_INVALID');
  assert.equal((await refresh({ client_id: 'desktop' })).code, 'ERR_REFRESH_INVALID');
  assert.equal((await refresh({ client_id: 7 })).code, 'ERR_BODY_INVALID');
  const answer = await refresh({ client_id: 'mobile' });
  assert.equal(answer.status, 200);
  assert.equal(auth.verify(answer.json.access_token).clientId, 'mobile');
});

test('a browser does not have to: who holds the cookies is the client', async (t) => {
  const { auth, ask } = await openInstallation(t);
  const own = { 'sec-fetch-site': 'same-origin' };
  const request = {
    method: 'POST',
    path: '/log-in',
    remoteAddress: undefined,
    header: (name: string) => own[name as keyof typeof own],
    readBody: async () => ({ kind: 'aborted' }) as const,
  };
  const { cookies } = await auth.http.startCookieSession(request, { subject: 'ada', client: 'backoffice' });
  const cookie = cookies.map(([, value]) => value.split(';', 1)[0]).join('; ');
  assert.equal((await ask('POST', '/auth/refresh', { headers: { ...own, cookie } })).status, 200);
});
