import { createHmac } from 'node:crypto';
import type { TestContext } from 'node:test';
import jwt from 'jsonwebtoken';
import type { LegacyTokenOptions, WatchwordOptions } from '../../src/facade/index.ts';
import { createInstallation } from '../facade/support/installation.ts';

export const DAY = 86_400;
export const OLD_SECRET = 'kT9vQ2xW7mB4pZ1sL8dF3hJ6nR0cY5gA';
export const KEY = { kty: 'oct', alg: 'HS256', k: Buffer.from(OLD_SECRET).toString('base64url') };
export const UNTIL = '2026-07-01';

export const legacy = (overrides: Partial<LegacyTokenOptions> = {}): LegacyTokenOptions => ({
  keys: KEY,
  algorithms: ['HS256'],
  until: UNTIL,
  ...overrides,
});

export async function opened(
  t: TestContext,
  overrides: Partial<LegacyTokenOptions> = {},
  more: Partial<WatchwordOptions> = {},
) {
  const installation = createInstallation(t);
  const { auth, events } = await installation.open({ legacyTokens: legacy(overrides), ...more });
  const nowSeconds = (): number => Math.floor(installation.clock.nowMs() / 1000);
  const old = (claims: object = {}, options: jwt.SignOptions = {}): string =>
    jwt.sign({ sub: 'ada', iat: nowSeconds(), exp: nowSeconds() + 30 * DAY, ...claims }, OLD_SECRET, options);
  return { installation, auth, events, old, nowSeconds };
}

/** A token that jsonwebtoken would refuse to make. */
export function handmade(payload: object, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const encoded = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${encoded}.${jwsSignature(encoded)}`;
}

function jwsSignature(input: string): string {
  return createHmac('sha256', OLD_SECRET).update(input).digest('base64url');
}
