// Sign-in with refresh token rotation as the popular guides for Express have it, written with care: one key object, prepared
// statements, tokens hashed at rest. Find, delete and insert commit one by one, as they do where nobody opens a transaction.
import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import cookieParser from 'cookie-parser';
import express from 'express';
import jwt from 'jsonwebtoken';
import { serve } from '../refresh-http/serve.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const REFRESH_LIFE_MS = 7 * DAY_MS;
const ISSUER = 'https://app.example';

const accessKey = createSecretKey(randomBytes(32));

const database = new DatabaseSync(process.env.PEER_DATABASE);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
database.exec(
  `CREATE TABLE refresh_tokens (
     token_hash TEXT PRIMARY KEY,
     user_id TEXT NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT`,
);
const find = database.prepare('SELECT user_id, expires_at FROM refresh_tokens WHERE token_hash = ?');
const remove = database.prepare('DELETE FROM refresh_tokens WHERE token_hash = ?');
const insert = database.prepare(
  'INSERT INTO refresh_tokens (token_hash, user_id, expires_at) VALUES (?, ?, ?)',
);

function hashOf(token) {
  return createHash('sha256').update(token).digest('hex');
}

function issueRefreshToken(userId) {
  const token = randomBytes(32).toString('hex');
  insert.run(hashOf(token), userId, Date.now() + REFRESH_LIFE_MS);
  return token;
}

const app = express();
app.use(express.json());
app.use(cookieParser());

app.post('/auth/refresh', (request, response) => {
  const { refreshToken } = request.cookies;
  if (typeof refreshToken !== 'string') {
    response.status(401).json({ error: 'Refresh token required' });
    return;
  }
  const tokenHash = hashOf(refreshToken);
  const stored = find.get(tokenHash);
  if (stored === undefined) {
    response.status(401).json({ error: 'Invalid refresh token' });
    return;
  }
  remove.run(tokenHash);
  if (stored.expires_at <= Date.now()) {
    response.status(401).json({ error: 'Refresh token expired' });
    return;
  }
  const successor = issueRefreshToken(stored.user_id);
  const accessToken = jwt.sign({ sub: stored.user_id }, accessKey, {
    algorithm: 'HS256',
    expiresIn: '15m',
    issuer: ISSUER,
    audience: ISSUER,
  });
  response.cookie('refreshToken', successor, {
    httpOnly: true,
    secure: true,
    sameSite: 'strict',
    maxAge: REFRESH_LIFE_MS,
    path: '/',
  });
  response.json({ accessToken });
});

app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  serve((count) =>
    Array.from({ length: count }, (_, index) => `refreshToken=${issueRefreshToken(`user-${index}`)}`),
  );
});
