import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CATALOGUE } from 'watchword';
import { openAdminApi, openInstallation } from '../../src/index.ts';
import { temporaryFolder } from '../start/server-process.ts';

test('without a server the same API works on the database', async (t) => {
  const folder = `${await temporaryFolder(t)}/data`;
  const { auth } = await openInstallation({}, { dataDirectory: folder });
  t.after(() => auth.close());
  const { session, accessToken } = await auth.sessions.start({ subject: 'ada' });

  const api = await openAdminApi({}, { dataDirectory: folder });
  const listed = await api.request('GET', '/admin/v1/sessions?subject=ada');
  assert.equal(listed.status, 200);
  assert.partialDeepStrictEqual(listed.body, { sessions: [{ id: session.id }] });
  const made = await api.request('POST', '/admin/v1/clients', { id: 'billing' });
  assert.equal(made.status, 201);
  assert.deepEqual(await api.request('DELETE', '/admin/v1/clients/billing'), {
    status: 204,
    body: undefined,
  });
  const ended = await api.request('DELETE', `/admin/v1/sessions/${session.id}`);
  assert.deepEqual(ended, { status: 200, body: { sequence: 1, revoked: true, receipts: null } });
  const unknown = await api.request('GET', '/admin/v1/clients/billing');
  assert.equal(unknown.status, 404);
  assert.partialDeepStrictEqual(unknown.body, { code: 'ERR_CLIENT_UNKNOWN' });
  await api.close();

  // What it wrote reaches a process that had the database open all along.
  await until(() => {
    try {
      auth.verify(accessToken);
      return false;
    } catch {
      return true;
    }
  });
});

test('nothing happens in it that could be told as an event', async (t) => {
  const api = await openAdminApi({}, { dataDirectory: `${await temporaryFolder(t)}/data` });
  t.after(() => api.close());
  const { status, body } = await api.request('GET', '/admin/v1/events');
  assert.equal(status, 503);
  const { title, sentence: detail } = ERROR_CATALOGUE.ERR_NO_SERVER;
  assert.partialDeepStrictEqual(body, { code: 'ERR_NO_SERVER', title, detail });
});

async function until(holds: () => boolean): Promise<void> {
  const patience = AbortSignal.timeout(5000);
  while (!holds()) {
    patience.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
