import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddCase, AdapterUnderTest } from './contract.ts';
import { cookieNames, fieldOf, jsonOf, openApp, openAuth, OWN_PAGE, post, refusalOf } from './world.ts';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };

/** A body whose length is not announced. */
function inPieces(text: string): Pick<RequestInit, 'body' | 'duplex'> {
  const body = new ReadableStream({
    start(controller) {
      for (let at = 0; at < text.length; at += 1000) {
        controller.enqueue(new TextEncoder().encode(text.slice(at, at + 1000)));
      }
      controller.close();
    },
  });
  return { body, duplex: 'half' };
}

export function bodyCases(add: AddCase, adapter: AdapterUnderTest): void {
  add('bodies come whole, announced or in pieces', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const body = { ...ADA, padding: 'ü'.repeat(3000) };
    const whole = post(body, OWN_PAGE);
    assert.equal((await ask('/auth/sign-up', whole)).status, 201);
    const pieces = await ask('/auth/sign-in', { ...whole, ...inPieces(JSON.stringify(ADA)) });
    assert.equal(pieces.status, 200);
  });

  add('bodies that are too large are 413, announced or not', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const large = { ...ADA, padding: 'x'.repeat(40_000) };
    const announced = await ask('/auth/sign-in', post(large, OWN_PAGE));
    assert.deepEqual(await refusalOf(announced), [413, 'ERR_BODY_TOO_LARGE']);
    const pieces = inPieces(JSON.stringify(large));
    const inTheEnd = await ask('/auth/sign-in', { ...post(large, OWN_PAGE), ...pieces });
    assert.deepEqual(await refusalOf(inTheEnd), [413, 'ERR_BODY_TOO_LARGE']);
    assert.equal((await ask('/auth/sign-up', post(ADA, OWN_PAGE))).status, 201);
  });

  add('bodies that are no JSON, or say that they are something else, are refused', async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const send = (body: string | undefined, type?: string) =>
      ask('/auth/sign-in', {
        method: 'POST',
        headers: { ...OWN_PAGE, ...(type !== undefined && { 'content-type': type }) },
        ...(body !== undefined && { body }),
      });
    const json = JSON.stringify(ADA);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'nonsense',
    ]) {
      assert.deepEqual(await refusalOf(await send(json, type)), [415, 'ERR_CONTENT_TYPE'], type);
    }
    for (const body of ['{', '[]', `${json} `.repeat(2), '{"email":"a","email":"b"}']) {
      assert.deepEqual(await refusalOf(await send(body, 'application/json')), [400, 'ERR_BODY_NOT_JSON']);
    }
    assert.deepEqual(await refusalOf(await send(undefined)), [422, 'ERR_BODY_INVALID']);
  });

  add('a client that leaves in the middle of its body leaves nothing behind', async (t) => {
    const auth = await openAuth(t);
    const { url, ask } = await openApp(t, adapter, auth);
    const failures: string[] = [];
    auth.events.on('request_failed', ({ code }) => void failures.push(code));
    const { hostname, port } = new URL(url);
    for (const begun of [
      'content-length: 100\r\n\r\n{"email":',
      'transfer-encoding: chunked\r\n\r\n9\r\n{"email":\r\n',
    ]) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      const head = 'POST /auth/sign-up HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
      socket.write(head + begun);
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
    }
    assert.equal((await ask('/auth/sign-up', post(ADA, OWN_PAGE))).status, 201);
    assert.deepEqual(failures, []);
  });

  add("the framework's own parsers go on working", async (t) => {
    const { ask } = await openApp(t, adapter, await openAuth(t));
    const echoed = await ask('/echo', post({ deep: [{ x: 1 }] }));
    assert.deepEqual(await jsonOf(echoed), { deep: [{ x: 1 }] });
  });

  add('a parser that was there first is no obstacle', async (t) => {
    const auth = await openAuth(t);
    const { ask } = await openApp(t, adapter, auth, { parsesFirst: true });
    const up = await ask('/auth/sign-up', post(ADA, OWN_PAGE));
    assert.equal(up.status, 201);
    assert.ok(cookieNames(up).includes('__Host-ww_rt'));
    const { client, secret } = await auth.clients.create({ roles: ['introspect'] });
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    const form = new URLSearchParams({ token: accessToken, client_id: client.id, client_secret: secret });
    const asked = await ask('/oauth/introspect', { method: 'POST', body: form });
    assert.equal(await fieldOf(asked, 'sub'), 'ada');
    form.append('token', 'another');
    const twice = await ask('/oauth/introspect', { method: 'POST', body: form });
    assert.deepEqual([twice.status, await fieldOf(twice, 'error')], [400, 'invalid_request']);
    const wrong = await ask('/auth/sign-in', { method: 'POST', headers: OWN_PAGE, body: form });
    assert.deepEqual(await refusalOf(wrong), [415, 'ERR_CONTENT_TYPE']);
    const echoed = await ask('/echo', post({ x: 1 }));
    assert.deepEqual(await jsonOf(echoed), { x: 1 });
  });
}
