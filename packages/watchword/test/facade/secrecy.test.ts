import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SessionTokens } from '../../src/facade/index.ts';
import { holdsAsync } from '../domain/support/property.ts';
import { createInstallation, SECRET } from './support/installation.ts';
import { claim, readToken } from './support/tokens.ts';

/*
 * Plays anything against an installation and looks at all that comes out of it beside the tokens: events, and the errors
 * with what they carry for logs. None of it may contain a token, a part of one that is secret, or a secret.
 */

const action = fc.record({
  kind: fc.constantFrom(
    'start',
    'refresh',
    'refresh',
    'refresh',
    'verify',
    'forge',
    'revoke',
    'issue',
    'rotate',
    'compromise',
    'wait',
  ),
  which: fc.nat({ max: 20 }),
  how: fc.nat({ max: 5 }),
});

test('no event and no error contains a token, a share or a secret', async (t) => {
  await holdsAsync(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (actions) => {
      const installation = createInstallation(t);
      const { auth, events } = await installation.open({ claims: ({ subject }) => ({ tenant: subject }) });
      const given: SessionTokens[] = [await auth.sessions.start({ subject: 'ada' })];
      const custom: string[] = [];
      const errors: unknown[] = [];

      for (const { kind, which, how } of actions) {
        const one = given[which % given.length];
        assert.ok(one !== undefined);
        try {
          if (kind === 'start') given.push(await auth.sessions.start({ subject: `s${which}` }));
          if (kind === 'refresh')
            given.push(await auth.sessions.refresh(one.refreshToken, how === 5 ? { client: 'x' } : {}));
          if (kind === 'verify') auth.verify(one.accessToken, how === 5 ? { scope: 'x' } : {});
          if (kind === 'forge') await auth.sessions.refresh(`${one.refreshToken.slice(0, -how - 1)}x`);
          if (kind === 'forge') auth.verify(`${one.accessToken}x`);
          if (kind === 'revoke' && how === 0) await auth.revoke.token(claim(one.accessToken, 'jti'));
          if (kind === 'revoke' && how === 1) await auth.revoke.session(one.session.id);
          if (kind === 'revoke' && how === 2) await auth.revoke.subject(one.session.subject);
          if (kind === 'issue')
            custom.push(await auth.tokens.issue({ typ: 'a+jwt', subject: 'ada', ttlSeconds: 9 }));
          if (kind === 'rotate') await installation.through(auth.keys.rotate());
          if (kind === 'compromise' && how === 0)
            await auth.keys.compromise(String(readToken(one.accessToken).header['kid']));
          if (kind === 'wait')
            installation.later([1, 5000, 10_001, 40_001, 900_000, 7 * 86_400_000][how] ?? 0);
          await installation.pass(1);
        } catch (error) {
          errors.push(error);
        }
      }

      const told = JSON.stringify(events) + errors.map(everythingOf).join();
      for (const secret of await secretsOf(installation, given, custom)) {
        assert.ok(!told.includes(secret), `${secret.slice(0, 12)}… is in ${told.slice(0, 2000)}`);
      }
    }),
    40,
  );
});

function everythingOf(error: unknown): string {
  assert.ok(error instanceof Error);
  return JSON.stringify([error.message, error.stack, String(error), { ...error }, String(error.cause)]);
}

type Installation = ReturnType<typeof createInstallation>;

/** Whole tokens, and the parts of them that make them work: signatures, tags, shares, keys. */
async function secretsOf(
  installation: Installation,
  given: readonly SessionTokens[],
  custom: readonly string[],
) {
  const secrets = [SECRET, Buffer.from(SECRET, 'hex').toString('base64url')];
  const store = await installation.store();
  for (const token of [...given.map(({ accessToken }) => accessToken), ...custom]) {
    secrets.push(token, token.split('.')[1] ?? token, token.split('.')[2] ?? token);
  }
  for (const { refreshToken, session } of given) {
    secrets.push(refreshToken, refreshToken.slice(34, 76));
    const share = (await store.sessions.find(session.id))?.record.share;
    if (share !== undefined) secrets.push(...spellings(share));
  }
  const { refreshKeys, tokenIdKey } = await installation.ring();
  for (const { bytes } of refreshKeys.values()) secrets.push(...spellings(bytes));
  return [...secrets, ...spellings(tokenIdKey)];
}

function spellings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  return [
    buffer.toString('hex'),
    buffer.toString('base64url'),
    buffer.toString('base64'),
    JSON.stringify([...bytes]).slice(1, -1),
  ];
}
