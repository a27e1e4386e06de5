/*
 * What the snippets of the documentation leave to their reader, as globals: an issuer at https://app.example that works, a token and a
 * session of it, a request that waits for its answer, and the names that each application has its own of. Loaded with `--import`.
 */
import { once } from 'node:events';
import http, { createServer } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Server } from 'node:net';
import express from 'express';
import * as library from 'watchword';
import * as adapter from 'watchword/express';
import { signJws } from 'watchword/jws';
import { memory } from 'watchword/memory';
import * as database from 'watchword/sqlite';

const ISSUER = 'https://app.example';

const issuer = await library.createWatchword({
  issuer: ISSUER,
  audience: 'https://api.example',
  store: memory(),
  algorithm: 'ES256',
  clients: true,
});
const app = express();
app.use(adapter.watchword(issuer));
const address = await listening(app);

// Names of others are not looked up: what goes to the issuer goes to the one above.
const fetchAnywhere = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = String(input instanceof Request ? input.url : input);
  if (!url.startsWith(ISSUER) && !url.startsWith('http://127.0.0.1')) throw new Error(`${url} is not here`);
  return fetchAnywhere(url.replace(ISSUER, address), init);
};

// What follows a stream does so without `fetch`.
Reflect.set(
  https,
  'request',
  /**
   * @param {string} url
   * @param {import('node:http').RequestOptions} options
   */
  (url, options) => http.request(url.replace(ISSUER, address), options),
);
syncBuiltinESMExports();

const { client, secret } = await issuer.clients.create({ id: 'billing', roles: ['introspect', 'verifier'] });
const subject = 'user-1';
const started = await issuer.sessions.start({ subject, scope: 'reports:read', client: client.id });
// The database that the documents name, so that it has a key to speak of.
const own = await library.createWatchword({ issuer: ISSUER, store: database.sqlite('watchword.db') });
const [key] = own.keys.list();
await own.close();

process.env['BILLING_SECRET'] = secret;
process.env['JWT_SECRET'] = randomBytes(32).toString('hex');
process.env['SESSION_SECRET'] = randomBytes(32).toString('hex');
process.env['OLD_TOKENS_UNTIL'] = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
const { req, res } = await waitingRequest();
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'a' };
const privateJwk = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'a' };

Object.assign(globalThis, {
  ...library,
  ...adapter,
  ...database,
  accessToken: started.accessToken,
  refreshToken: started.refreshToken,
  id: started.session.id,
  kid: key?.id,
  secret,
  oldJwks: { keys: [jwk] },
  jwk,
  privateJwk,
  text: signJws('any bytes', privateJwk),
  req: Object.assign(req, { auth: issuer.verify(started.accessToken) }),
  res,
  user: { id: subject, name: 'Ada' },
  findUser: async () => ({ id: subject, name: 'Ada' }),
  findUserById: async () => ({ id: subject, name: 'Ada' }),
  rolesOf: async () => ['editor'],
  roleOf: async () => 'editor',
  sessionStore: undefined,
  handler: () => undefined,
  warn: () => undefined,
  log: { info: () => undefined },
});

// Ports that a document names may be taken: any that is free will do.
const listen = Server.prototype.listen;
/**
 * @this {Server}
 * @param {unknown[]} args
 */
Server.prototype.listen = function listenAnywhere(...args) {
  const callback = args.filter((one) => typeof one === 'function');
  return Reflect.apply(listen, this, [0, '127.0.0.1', ...callback]);
};

/**
 * @param {import('node:http').RequestListener} listener
 */
async function listening(listener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
}

/**
 * A request that was made, whose answer is the snippet's.
 *
 * @returns {Promise<{ req: import('express').Request, res: import('express').Response }>}
 */
async function waitingRequest() {
  const waiting = express();
  waiting.use(express.json());
  /** @type {PromiseWithResolvers<{ req: import('express').Request, res: import('express').Response }>} */
  const arrived = Promise.withResolvers();
  waiting.use((req, res) => arrived.resolve({ req, res }));
  const url = await listening(waiting);
  fetchAnywhere(`${url}/`).catch(() => undefined);
  return arrived.promise;
}
