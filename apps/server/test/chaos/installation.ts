import assert from 'node:assert/strict';
import { createWatchword, type Watchword } from 'watchword';
import { postgres } from 'watchword/postgres';
import { SECRET } from '../start/server-process.ts';
import type { Case } from './referee.ts';

/** So many begin together, as many as a slow disk takes in time. */
const AT_ONCE = 20;
const KINDS = ['token', 'session', 'subject'] as const;

/** The installation that all servers of a test are, opened beside them in this process. */
export async function openBeside(databaseUrl: string, issuer: string): Promise<Watchword> {
  return createWatchword({
    issuer,
    store: postgres(databaseUrl, { connections: 4 }),
    secret: SECRET,
    algorithm: 'ES256',
    clients: true,
  });
}

/** Tokens of as many sessions, each of a subject of its own, to be revoked in turns as a token, a session and a subject. */
export async function issueCases(auth: Watchword, prefix: string, count: number): Promise<readonly Case[]> {
  const cases: Case[] = [];
  while (cases.length < count) {
    const wave = Math.min(AT_ONCE, count - cases.length);
    const numbers = Array.from({ length: wave }, (_, index) => cases.length + index);
    cases.push(...(await Promise.all(numbers.map((number) => issueCase(auth, prefix, number)))));
  }
  return cases;
}

async function issueCase(auth: Watchword, prefix: string, number: number): Promise<Case> {
  const name = `${prefix}-${number}`;
  const { accessToken } = await auth.sessions.start({ subject: name });
  const { jti, sid } = claimsOf(accessToken);
  const kind = KINDS[number % KINDS.length] ?? 'token';
  const target = { token: jti, session: sid, subject: name }[kind];
  assert.ok(target !== undefined);
  return { name, token: accessToken, kind, target, askedMs: undefined, acknowledgedMs: undefined };
}

function claimsOf(token: string): Readonly<Record<string, string>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
