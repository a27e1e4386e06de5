import { createHmac } from 'node:crypto';
import { createWatchword, type Watchword } from 'watchword';
import { memory } from 'watchword/memory';
import { ISSUER } from './application.ts';

/** With what it has by default: HS256, and the newest 5,000 tokens remembered. */
export function openWatchword(): Promise<Watchword> {
  return createWatchword({ issuer: ISSUER, store: memory(), environment: 'development' });
}

export function sessionTokens(auth: Watchword, count: number): Promise<readonly string[]> {
  const subjects = Array.from({ length: count }, (_, index) => `user-${1000 + index}`);
  return Promise.all(
    subjects.map(async (subject) => {
      const { accessToken } = await auth.sessions.start({ subject, scope: 'orders profile' });
      return accessToken;
    }),
  );
}

/** The same claims, as a JWT of no kind: not all others take `at+jwt`. */
export async function tokensUnder(secret: string, count: number): Promise<readonly string[]> {
  const auth = await openWatchword();
  const tokens = await sessionTokens(auth, count);
  await auth.close();
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
  return tokens.map((token) => {
    const input = `${header}.${token.split('.')[1]}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  });
}
