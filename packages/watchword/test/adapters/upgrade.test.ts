import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { authorizeUpgrade, type AuthorizedUpgrade } from '../../src/adapters/node/index.ts';
import type { VerifyOptions } from '../../src/facade/index.ts';
import { FOREIGN, LISTED, openAuth, OWN } from '../../src/testing/adapter-contract/world.ts';

/** A server that opens sockets and says on them who they speak for. */
async function openServer(t: TestContext, options?: VerifyOptions) {
  const auth = await openAuth(t);
  const opened: AuthorizedUpgrade[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    void authorizeUpgrade(auth, request, options).then((upgrade) => {
      if (upgrade === undefined) return;
      opened.push(upgrade);
      socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${upgrade.token.subject}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;

  async function open(headers: Record<string, string>): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    const lines = Object.entries({ host: 'x', connection: 'upgrade', upgrade: 'websocket', ...headers });
    socket.write(`GET /live HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`);
    return text(socket);
  }
  return { auth, port, open, opened };
}

test('a handshake opens a socket with a bearer token, or with the cookie from a page of ours', async (t) => {
  const { auth, open } = await openServer(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const cookie = `theme=dark; __Host-ww_at=${accessToken}`;
  for (const headers of [
    { authorization: `Bearer ${accessToken}` },
    { authorization: `Bearer ${accessToken}`, origin: FOREIGN },
    { cookie, origin: OWN },
    { cookie, origin: LISTED },
    { cookie, origin: OWN, 'sec-fetch-site': 'same-origin' },
  ]) {
    assert.match(await open(headers as Record<string, string>), /^HTTP\/1\.1 101 [^]*ada$/);
  }
});

test('the cookie of a user does not open one for a page of another site, nor for a program', async (t) => {
  const { auth, open, opened } = await openServer(t);
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const cookie = `__Host-ww_at=${accessToken}`;
  const refused: string[] = [];
  auth.events.on('cross_site_refused', ({ reason }) => void refused.push(reason));
  for (const headers of [
    { cookie, origin: FOREIGN },
    { cookie, origin: 'null' },
    { cookie, origin: `${OWN}.evil.example` },
    { cookie, origin: OWN, 'sec-fetch-site': 'cross-site' },
    { cookie },
  ]) {
    const answer = await open(headers as Record<string, string>);
    assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n/);
    assert.match(answer, /"code":"ERR_CROSS_SITE"/);
  }
  assert.deepEqual(refused, ['origin', 'origin', 'origin', 'fetch_site', 'unstated']);
  assert.deepEqual(opened, []);
});

test('who is refused is answered over the wire, whole, and the connection is closed', async (t) => {
  const { auth, open } = await openServer(t, { scope: 'live' });
  const { accessToken } = await auth.sessions.start({ subject: 'ada', scope: 'other' });
  const missing = await open({});
  const [head = '', body = ''] = missing.split('\r\n\r\n');
  assert.match(
    head,
    /^HTTP\/1\.1 401 Unauthorized\r\ncontent-type: application\/problem\+json; charset=utf-8\r\n/,
  );
  assert.match(head, /\r\nwww-authenticate: Bearer realm="watchword"/);
  assert.match(head, /\r\nconnection: close$/);
  assert.equal(Number(/content-length: (\d+)/.exec(head)?.[1]), Buffer.byteLength(body));
  assert.equal(JSON.parse(body).code, 'ERR_TOKEN_MISSING');
  assert.match(await open({ authorization: 'Bearer x' }), /^HTTP\/1\.1 401 [^]*ERR_TOKEN_MALFORMED/);
  assert.match(await open({ authorization: `Bearer ${accessToken}` }), /^HTTP\/1\.1 403 [^]*ERR_TOKEN_SCOPE/);
});

test('a socket that is open knows when its credential is not good any more', async (t) => {
  const { auth, open, opened } = await openServer(t);
  const { accessToken, session } = await auth.sessions.start({ subject: 'ada' });
  await open({ authorization: `Bearer ${accessToken}` });
  const [upgrade] = opened;
  assert.equal(upgrade?.isStillGood(), true);
  await auth.revoke.session(session.id);
  assert.equal(upgrade?.isStillGood(), false);
});

test('a client that is gone before it is refused breaks nothing', async (t) => {
  const { port, open } = await openServer(t);
  for (let count = 0; count < 5; count += 1) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n', () =>
      socket.resetAndDestroy(),
    );
    await once(socket, 'close');
  }
  assert.match(await open({}), /^HTTP\/1\.1 401/);
});

test('options that do not exist are refused', async (t) => {
  const auth = await openAuth(t);
  const request = { headers: {}, socket: {} } as never;
  const wrong = { optional: true } as VerifyOptions;
  await assert.rejects(authorizeUpgrade(auth, request, wrong), /`authorizeUpgrade` has no option `optional`/);
});
