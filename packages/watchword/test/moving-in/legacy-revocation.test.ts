import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeOf, rejection } from '../facade/support/errors.ts';
import { DAY, legacy, opened } from './old-issuer.ts';

describe('revoking', () => {
  test('a subject kills its tokens of before, and nobody else’s', async (t) => {
    const { installation, auth, old } = await opened(t);
    const [ada, bob] = [old(), old({ sub: 'bob' })];
    const undated = (sub: string): string => old({ sub }, { noTimestamp: true });
    assert.ok(auth.verify(undated('ada')));
    await installation.pass(60_000);
    await auth.revoke.subject('ada');
    assert.equal(
      codeOf(() => auth.verify(ada)),
      'ERR_TOKEN_REVOKED',
    );
    assert.equal(
      codeOf(() => auth.verify(undated('ada'))),
      'ERR_TOKEN_REVOKED',
    );
    assert.ok(auth.verify(bob));
    assert.ok(auth.verify(undated('bob')));
    assert.equal(
      codeOf(() => auth.verify(old())),
      'ERR_TOKEN_REVOKED',
      'its clock may be ahead of ours',
    );
    await installation.pass(31_000);
    assert.ok(auth.verify(old()), 'a new sign-in with the issuer before');
    await auth.revoke.all();
    for (const token of [ada, bob, undated('bob')]) {
      assert.equal(
        codeOf(() => auth.verify(token)),
        'ERR_TOKEN_REVOKED',
      );
    }
  });

  test('goes by the name that the option `subject` gives, in other processes too', async (t) => {
    const { installation, auth, old } = await opened(t, { subject: ({ id }) => String(id) });
    const other = await installation.open({ legacyTokens: legacy({ subject: ({ id }) => String(id) }) });
    const token = old({ id: 7 });
    await other.auth.revoke.subject('7');
    await installation.settle();
    assert.equal(
      codeOf(() => auth.verify(token)),
      'ERR_TOKEN_REVOKED',
    );
  });

  test('is remembered for as long as a token of before may live, however short our own lives are', async (t) => {
    const short = { absoluteTtlSeconds: DAY, idleTtlSeconds: DAY, unrememberedTtlSeconds: DAY };
    const { installation, auth, old } = await opened(t, {}, short);
    const token = old({ exp: 1_767_225_600 + 365 * DAY });
    await auth.revoke.subject('ada');
    for (let day = 0; day < 180; day += 20) {
      installation.later(20 * DAY * 1000);
      await installation.pass(61_000);
      assert.equal(
        codeOf(() => auth.verify(token)),
        'ERR_TOKEN_REVOKED',
        `after ${day + 20} days`,
      );
    }
  });

  test('a token by a jti of before is refused, because it cannot be kept', async (t) => {
    const { auth, old } = await opened(t);
    const verified = auth.verify(old({ jti: '7d0f4c1e-1b7f-4d0e-9d55-8b6cbb9c2f10' }));
    assert.equal((await rejection(auth.revoke.token(String(verified.claims['jti'])))).code, 'ERR_OPTION');
    assert.equal((await rejection(auth.revoke.token(verified.tokenId))).code, 'ERR_OPTION');
  });

  test('is a condition: where revocations are not known, tokens of before are refused too', async (t) => {
    const { installation, auth, old } = await opened(t);
    installation.clock.advance(60_000);
    assert.equal(
      codeOf(() => auth.verify(old())),
      'ERR_FEED_STALE',
    );
  });
});
