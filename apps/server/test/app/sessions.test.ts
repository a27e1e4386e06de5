import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem } from './assert-problem.ts';
import { ask, type Answer } from './exchange.ts';
import { ISSUER, startApp, type Host } from './hosts.ts';

const CREDENTIALS = { email: 'Ada@Example.com', password: 'correct horse battery' };
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface Reply extends Answer {
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape of the answer is what this test looks at
  readonly json: any;
}

async function send(
  host: Host,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await ask(host, {
    method,
    path,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { ...answer, json: answer.text === '' ? undefined : JSON.parse(answer.text) };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('sign-up, sign-in, use, refresh, sign-out: with tokens in the body', async (t) => {
  const host = await startApp(t);
  const signUp = await send(host, 'POST', '/auth/sign-up', { ...CREDENTIALS, delivery: 'body' });
  assert.equal(signUp.status, 201);
  assert.deepEqual(Object.keys(signUp.json), [
    'user',
    'session',
    'expires_in',
    'token_type',
    'access_token',
    'refresh_token',
  ]);
  assert.match(signUp.json.user.id, UUID_V7);
  assert.equal(signUp.json.user.email, CREDENTIALS.email);
  assert.match(signUp.json.session.id, UUID_V7);
  assert.match(signUp.json.session.expires_at, TIME);
  assert.equal(signUp.json.expires_in, 900);

  const signIn = await send(host, 'POST', '/auth/sign-in', {
    ...CREDENTIALS,
    email: 'aDA@eXAMPLE.COM',
    delivery: 'body',
  });
  assert.equal(signIn.status, 200);
  assert.equal(signIn.json.user.id, signUp.json.user.id, 'one address in every spelling');
  assert.notEqual(signIn.json.session.id, signUp.json.session.id, 'a new session at each sign-in');

  const me = await send(host, 'GET', '/me', undefined, bearer(signIn.json.access_token));
  assert.equal(me.json.session_id, signIn.json.session.id);

  const refresh = await send(host, 'POST', '/auth/refresh', { refresh_token: signIn.json.refresh_token });
  assert.equal(refresh.json.session.id, signIn.json.session.id);
  assert.equal(refresh.json.session.generation, 2);
  const again = await send(host, 'POST', '/auth/refresh', { refresh_token: signIn.json.refresh_token });
  assert.equal(again.json.refresh_token, refresh.json.refresh_token, 'an answer that was lost is repeated');

  const out = await send(host, 'POST', '/auth/sign-out', { refresh_token: refresh.json.refresh_token });
  assert.deepEqual([out.status, out.text], [204, '']);
  for (const { json } of [signIn, refresh, again]) {
    const { json: problem } = await send(host, 'GET', '/me', undefined, bearer(json.access_token));
    assert.equal(problem.code, 'ERR_TOKEN_REVOKED');
    assertProblem(
      await send(host, 'POST', '/auth/refresh', { refresh_token: json.refresh_token }),
      'signed out',
      {
        code: 'ERR_REFRESH_INVALID',
      },
    );
  }
  assert.equal((await send(host, 'GET', '/me', undefined, bearer(signUp.json.access_token))).status, 200);
});

test('the same with cookies, of which the page sees nothing', async (t) => {
  const host = await startApp(t);
  const page = { origin: ISSUER };
  const signUp = await send(host, 'POST', '/auth/sign-up', CREDENTIALS, page);
  assert.doesNotMatch(signUp.text, /wwr_|eyJ|token/);
  const jar = jarOf(signUp);
  const session = await send(host, 'GET', '/auth/session', undefined, { cookie: jar });
  assert.equal(session.json.user.email, CREDENTIALS.email);
  assert.deepEqual([session.json.session.delivery, session.json.chain.generation], ['cookie', 1]);
  const refresh = await send(host, 'POST', '/auth/refresh', undefined, { ...page, cookie: jar });
  assert.doesNotMatch(refresh.text, /wwr_|eyJ|token/);
  assert.equal((await send(host, 'GET', '/me', undefined, { cookie: jarOf(refresh) })).status, 200);
  const out = await send(host, 'POST', '/auth/sign-out', undefined, { ...page, cookie: jarOf(refresh) });
  assert.equal(out.status, 204);
  assert.equal(jarOf(out), '__Host-ww_at=; __Host-ww_rt=; __Host-ww_sid=; __Host-ww_csrf=');
  assert.equal((await send(host, 'GET', '/me', undefined, { cookie: jarOf(refresh) })).status, 401);
});

test('wrong credentials are answered alike, whatever is wrong with them', async (t) => {
  const host = await startApp(t);
  await send(host, 'POST', '/auth/sign-up', { ...CREDENTIALS, delivery: 'body' });
  const wrong = [
    { ...CREDENTIALS, password: 'Correct horse battery' },
    { ...CREDENTIALS, password: '' },
    { ...CREDENTIALS, password: 'x'.repeat(4096) },
    { ...CREDENTIALS, email: 'nobody@example.com' },
    { ...CREDENTIALS, email: 'no address at all' },
    { ...CREDENTIALS, email: '' },
    { ...CREDENTIALS, email: "' OR 1=1 --" },
  ];
  const answers = new Set<string>();
  for (const body of wrong) {
    const { status, text, headers } = await send(host, 'POST', '/auth/sign-in', {
      ...body,
      delivery: 'body',
    });
    answers.add(`${status} ${text} ${JSON.stringify({ ...headers, date: '', 'x-request-id': '' })}`);
  }
  assert.equal(answers.size, 1);
  assert.match([...answers].join(''), /ERR_SIGN_IN_FAILED/);
});

test('what cannot be an account is refused with the reason', async (t) => {
  const host = await startApp(t);
  const refused = {
    ERR_EMAIL_INVALID: { email: 'no address', password: CREDENTIALS.password },
    ERR_PASSWORD_TOO_SHORT: { email: 'b@example.com', password: '1234567' },
    ERR_PASSWORD_TOO_LONG: { email: 'b@example.com', password: 'x'.repeat(257) },
  } as const;
  for (const [code, body] of Object.entries(refused)) {
    const answer = await send(host, 'POST', '/auth/sign-up', { ...body, delivery: 'body' });
    assertProblem(answer, code, { status: 422, code: code as keyof typeof refused });
  }
  await send(host, 'POST', '/auth/sign-up', { ...CREDENTIALS, delivery: 'body' });
  const taken = await send(host, 'POST', '/auth/sign-up', {
    ...CREDENTIALS,
    email: 'ADA@example.com',
    delivery: 'body',
  });
  assertProblem(taken, 'taken', { status: 409, code: 'ERR_EMAIL_TAKEN' });
});

test('the list of sessions: own ones alone; each can be ended, or all others at once', async (t) => {
  const host = await startApp(t);
  const body = { ...CREDENTIALS, delivery: 'body' };
  await send(host, 'POST', '/auth/sign-up', body);
  const [first, second] = [
    await send(host, 'POST', '/auth/sign-in', body),
    await send(host, 'POST', '/auth/sign-in', body),
  ];
  const stranger = await send(host, 'POST', '/auth/sign-up', { ...body, email: 'eve@example.com' });
  const me = bearer(first.json.access_token);
  const list = async () => (await send(host, 'GET', '/auth/sessions', undefined, me)).json.sessions;

  const sessions = await list();
  assert.equal(sessions.length, 3);
  assert.deepEqual(
    sessions.filter(({ current }: { current: boolean }) => current).map(({ id }: { id: string }) => id),
    [first.json.session.id],
  );
  assert.ok(!JSON.stringify(sessions).includes(stranger.json.session.id));
  assert.doesNotMatch(JSON.stringify(sessions), /wwr_|eyJ|share|token/);

  for (const id of [stranger.json.session.id, '0197b0e0-0000-7000-8000-000000000000', 'x', '%2e%2e']) {
    const answer = await send(host, 'DELETE', `/auth/sessions/${id}`, undefined, me);
    assertProblem(answer, id, { status: 404, code: 'ERR_SESSION_UNKNOWN' });
  }
  assert.equal((await send(host, 'GET', '/me', undefined, bearer(stranger.json.access_token))).status, 200);

  const ended = await send(host, 'DELETE', `/auth/sessions/${second.json.session.id}`, undefined, me);
  assert.equal(ended.status, 204);
  assert.equal(
    (await send(host, 'GET', '/me', undefined, bearer(second.json.access_token))).json.code,
    'ERR_TOKEN_REVOKED',
  );
  assert.deepEqual((await send(host, 'DELETE', '/auth/sessions', undefined, me)).json, { ended: 1 });
  assert.deepEqual(
    (await list()).map(({ id }: { id: string }) => id),
    [first.json.session.id],
  );
  assert.deepEqual((await send(host, 'DELETE', '/auth/sessions', undefined, me)).json, { ended: 0 });
});

function jarOf({ headers }: Answer): string {
  return (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; ');
}
