import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  COOKIE_PAGE,
  CREDENTIALS,
  openInstallation,
  signedIn,
  type Answer,
  type Installation,
} from './installation.ts';

/** RFC 6750 §3: the scheme "MUST be followed by one or more auth-param values". */
const CHALLENGE = /^Bearer (?:\w+="[^"\\]*")(?:, \w+="[^"\\]*")*$/;

function challengeOf({ header }: Answer): Readonly<Record<string, string>> {
  const value = header('www-authenticate');
  assert.match(value ?? '', CHALLENGE);
  return Object.fromEntries(
    [...(value ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
  );
}

const read = ({ ask }: Installation, headers: Record<string, string>) =>
  ask('GET', '/auth/session', { headers });

test('without a credential the challenge names no error, RFC 6750 §3.1', async (t) => {
  const installation = await openInstallation(t);
  for (const headers of [{}, { authorization: 'Basic YTpi' }, { cookie: 'a=b' }]) {
    const answer = await read(installation, headers);
    assert.deepEqual([answer.status, answer.code], [401, 'ERR_TOKEN_MISSING']);
    assert.equal(challengeOf(answer)['error'], undefined);
  }
});

test('with a bad token the error is invalid_token and the status 401', async (t) => {
  const installation = await openInstallation(t);
  const { json } = await signedIn(installation, 'body');
  const [header, payload, signature] = json.access_token.split('.');
  const tokens = [
    '',
    'x',
    'a.b.c',
    `${header}.${payload}.`,
    `${header}.${payload}.${signature}A`,
    json.refresh_token,
  ];
  for (const token of [...tokens, `${json.access_token} ${json.access_token}`]) {
    const answer = await read(installation, { authorization: `Bearer ${token}` });
    assert.equal(answer.status, 401, token);
    assert.equal(challengeOf(answer)['error'], 'invalid_token');
  }
  await installation.ask('POST', '/auth/sign-out', { body: { refresh_token: json.refresh_token } });
  const revoked = await read(installation, { authorization: `Bearer ${json.access_token}` });
  assert.deepEqual([revoked.code, challengeOf(revoked)['error']], ['ERR_TOKEN_REVOKED', 'invalid_token']);
});

test('two credentials are invalid_request and 400', async (t) => {
  const answer = await read(await openInstallation(t), { cookie: '__Host-ww_at=a; __Host-ww_at=b' });
  assert.equal(answer.status, 400);
  assert.equal(challengeOf(answer)['error'], 'invalid_request');
});

test('a missing scope is insufficient_scope and 403', async (t) => {
  const { auth } = await openInstallation(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada', scope: 'read' });
  const { status, challenge } = await new Promise<{ status: number; challenge: unknown }>((resolve) => {
    const headers = new Map<string, unknown>();
    const response = {
      statusCode: 200,
      getHeader: () => undefined,
      setHeader: (name: string, value: unknown) => headers.set(name, value),
      end() {
        resolve({ status: this.statusCode, challenge: headers.get('www-authenticate') });
      },
    };
    const request = { method: 'GET', url: '/', headers: { authorization: `Bearer ${accessToken}` } };
    auth.require({ scope: 'read write' })(request, response, () => assert.fail('let through'));
  });
  assert.equal(status, 403);
  assert.match(String(challenge), /^Bearer error="insufficient_scope", /);
});

test('every 401 has a challenge, RFC 9110 §15.5.2', async (t) => {
  const installation = await openInstallation(t);
  const answers = [
    await installation.ask('POST', '/auth/sign-in', { headers: COOKIE_PAGE, body: { ...CREDENTIALS } }),
    await installation.ask('POST', '/auth/refresh', { headers: COOKIE_PAGE }),
    await installation.ask('POST', '/auth/refresh', { body: { refresh_token: 'x' } }),
    await installation.ask('GET', '/auth/sessions'),
    await installation.ask('DELETE', '/auth/sessions'),
    await installation.ask('DELETE', '/auth/sessions/0197b0e0-0000-7000-8000-000000000000'),
  ];
  for (const answer of answers) {
    assert.equal(answer.status, 401);
    challengeOf(answer);
  }
});

test('the scheme is matched without regard to case, RFC 9110 §11.1', async (t) => {
  const installation = await openInstallation(t);
  const { json } = await signedIn(installation, 'body');
  for (const scheme of ['bearer', 'BEARER', 'Bearer  ']) {
    assert.equal((await read(installation, { authorization: `${scheme} ${json.access_token}` })).status, 200);
  }
});
