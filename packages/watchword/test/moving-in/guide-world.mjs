/*
 * What the guides leave to their reader, as globals: users, keys, and where the sessions of before are kept. Loaded with `--import` by
 * the processes that `guide-app.ts` begins, which it tells where they listen.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Server } from 'node:net';
import session from 'express-session';

const USERS = [{ id: 'user-7', name: 'Ada' }];

/** In files, because the app before and the one after are two processes. */
class FileSessions extends session.Store {
  get(id, done) {
    done(null, existsSync(fileOf(id)) ? JSON.parse(readFileSync(fileOf(id), 'utf8')) : null);
  }
  set(id, value, done) {
    writeFileSync(fileOf(id), JSON.stringify(value));
    done?.(null);
  }
  destroy(id, done) {
    rmSync(fileOf(id), { force: true });
    done?.(null);
  }
}

function fileOf(id) {
  return `${process.env.OLD_SESSIONS}/${Buffer.from(id).toString('hex')}.json`;
}

Object.assign(globalThis, {
  findUser: async (name, password) =>
    USERS.find((user) => user.name === name && password === 'correct horse'),
  findUserById: async (id) => USERS.find((user) => user.id === id),
  roleOf: async () => 'editor',
  privateJwk: JSON.parse(process.env.OLD_JWK),
  oldJwks: JSON.parse(process.env.OLD_JWKS),
  sessionStore: new FileSessions(),
});

// The port that the guide names may be taken: any that is free will do.
const listen = Server.prototype.listen;
Server.prototype.listen = function listenAnywhere() {
  const server = Reflect.apply(listen, this, [0, '127.0.0.1']);
  server.once('listening', () => process.send(`http://127.0.0.1:${server.address().port}`));
  return server;
};
