import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { addOperatorRoutes } from '../../src/add-operator-routes.ts';
import { createAdminCredential, type AdminCredential } from '../../src/admin/admin-credential.ts';
import { createEventStream } from '../../src/admin/event-stream.ts';
import { buildApp } from '../../src/build-app.ts';
import { createLogger } from '../../src/logging/create-logger.ts';
import { openInstallation } from '../../src/open-installation.ts';
import { ask, type Answer } from '../app/exchange.ts';
import type { Host } from '../app/hosts.ts';
import { temporaryFolder } from '../start/server-process.ts';

export interface AdminHost extends Host {
  readonly credential: AdminCredential;
  readonly folder: string;
  /** With the credential, and a body as JSON. */
  admin(method: string, path: string, body?: unknown): Promise<AdminAnswer>;
}

export interface AdminAnswer extends Answer {
  readonly body: ReturnType<typeof JSON.parse>;
}

/** The server with everything that operators use, over SQLite in a folder of its own. */
export async function startAdminHost(
  t: TestContext,
  environment: Readonly<Record<string, string>> = {},
): Promise<AdminHost> {
  const folder = await temporaryFolder(t);
  const { auth, settings } = await openInstallation({ WATCHWORD_DATA: `${folder}/data`, ...environment });
  const app = await buildApp(auth, createLogger({ level: 'silent' }), settings.watchword.issuer);
  const credential = createAdminCredential();
  await addOperatorRoutes(app, credential, { auth, settings, events: createEventStream(auth.events) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    app.server.closeAllConnections();
    await app.close();
    await auth.close();
  });
  const host = { port: (app.server.address() as AddressInfo).port, auth, credential, folder };
  return { ...host, admin: (method, path, body) => askAs(host, credential.token, method, path, body) };
}

/** With a bearer token of the test's choice. */
export async function askAs(
  host: Host,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<AdminAnswer> {
  const answer = await ask(host, {
    method,
    path,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { ...answer, body: answer.text === '' ? undefined : JSON.parse(answer.text) };
}
