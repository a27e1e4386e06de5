import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import jwt from 'jsonwebtoken';
import type { SessionTokens, Watchword, WatchwordOptions } from '../../src/facade/index.ts';
import { codeOf, rejection } from '../facade/support/errors.ts';
import { createInstallation } from '../facade/support/installation.ts';

const OLD = jwt.sign({ sub: 'ada' }, 'the secret of before, which is long enough');

async function opened(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const installation = createInstallation(t);
  const { auth, events, newTypes } = await installation.open(options);
  newTypes();
  return { installation, auth, events, newTypes };
}

const exchange = (auth: Watchword, more: object = {}): Promise<SessionTokens> =>
  auth.sessions.start({ subject: 'ada', exchanges: OLD, ...more });

const codeOfExchange = async (auth: Watchword, more: object = {}) =>
  (await rejection(exchange(auth, more))).code;

describe('a credential of before', () => {
  test('is given up for one session, and is worth nothing afterwards', async (t) => {
    const { installation, auth, newTypes, events } = await opened(t);
    const { session, accessToken } = await exchange(auth);
    assert.deepEqual(newTypes(), ['session_started', 'session_exchanged']);
    installation.later(10_001);
    assert.equal(await codeOfExchange(auth), 'ERR_EXCHANGED');
    assert.equal(await codeOfExchange(auth, { subject: 'eve' }), 'ERR_EXCHANGED');
    assert.deepEqual(newTypes(), ['exchange_refused', 'exchange_refused']);
    assert.equal(auth.verify(accessToken).sessionId, session.id);
    const strict = (): unknown => auth.verify(accessToken, { maxAgeSeconds: 300 });
    assert.equal(codeOf(strict), 'ERR_TOKEN_TOO_OLD', 'giving it up is no sign-in');
    assert.deepEqual(
      (await auth.sessions.list('ada')).map(({ id }) => id),
      [session.id],
    );
    assert.equal((await rejection(exchange(auth))).status, 409);
    assert.ok(!JSON.stringify(events).includes(OLD.split('.')[1] ?? OLD), 'no event tells it');
  });

  test('stays given up when its session has ended, and after a restart', async (t) => {
    const { installation, auth } = await opened(t);
    const { session } = await exchange(auth);
    await auth.revoke.session(session.id);
    assert.equal(await codeOfExchange(auth), 'ERR_EXCHANGED');
    await auth.close();
    const { auth: again } = await installation.open();
    installation.later(300 * 86_400_000);
    assert.equal(await codeOfExchange(again), 'ERR_EXCHANGED');
  });

  test('whose answer was lost is answered with the same session, within the race window', async (t) => {
    const { installation, auth, newTypes } = await opened(t);
    const first = await exchange(auth);
    newTypes();
    installation.later(10_000);
    const again = await exchange(auth);
    assert.deepEqual(newTypes(), ['session_exchanged']);
    assert.equal(again.session.id, first.session.id);
    assert.equal(again.refreshToken, first.refreshToken);
    assert.equal(auth.verify(again.accessToken).sessionId, first.session.id);
    assert.equal(await auth.sessions.count(), 1);
    installation.later(1);
    assert.equal(await codeOfExchange(auth), 'ERR_EXCHANGED', 'the window begins with the first');
  });

  test('is not repeated for whoever has had the answer, is another, or asks another way', async (t) => {
    const { auth } = await opened(t);
    const { refreshToken } = await exchange(auth);
    assert.equal(await codeOfExchange(auth, { subject: 'eve' }), 'ERR_EXCHANGED');
    assert.equal(await codeOfExchange(auth, { client: 'cli' }), 'ERR_EXCHANGED');
    assert.ok(await exchange(auth));
    await auth.sessions.refresh(refreshToken);
    assert.equal(await codeOfExchange(auth), 'ERR_EXCHANGED');
  });

  for (const options of [{ rotation: 'strict' }, { raceWindowMs: 0 }] as const) {
    test(`is not repeated with ${JSON.stringify(options)}`, async (t) => {
      const { installation, auth } = await opened(t, options);
      await exchange(auth);
      installation.later(1);
      assert.equal(await codeOfExchange(auth), 'ERR_EXCHANGED');
    });
  }

  test('that several tabs give up at once, in several processes, gives them one session', async (t) => {
    const { installation, auth, events } = await opened(t, { sessionLimit: { perSubject: 1 } });
    const { auth: other } = await installation.open({ sessionLimit: { perSubject: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => exchange(index % 2 ? auth : other)),
    );
    assert.equal(new Set(answers.map(({ refreshToken }) => refreshToken)).size, 1);
    assert.deepEqual(await auth.sessions.list('ada'), [answers[0]?.session]);
    assert.ok(!events.some(({ type }) => type === 'session_ended'), 'none was displaced by another');
    await installation.settle();
    for (const { accessToken } of answers) assert.ok(auth.verify(accessToken));
  });

  test('spelled otherwise is the same: only what is signed counts', async (t) => {
    const { installation, auth } = await opened(t);
    await exchange(auth);
    installation.later(20_000);
    assert.equal(await codeOfExchange(auth, { exchanges: `${OLD}=` }), 'ERR_EXCHANGED');
    assert.ok(await exchange(auth, { exchanges: jwt.sign({ sub: 'ada', n: 1 }, 'another') }));
  });

  test('is not used up where a hook of the application fails', async (t) => {
    let broken = true;
    const { installation, auth } = await opened(t, {
      claims: () => {
        if (broken) throw new TypeError('a defect of the application');
        return {};
      },
    });
    assert.equal(await codeOfExchange(auth), 'ERR_INTERNAL');
    installation.later(60_000);
    broken = false;
    assert.ok(await exchange(auth));
    assert.equal(await auth.sessions.count(), 1);
  });

  for (const [what, exchanges] of [
    ['a user’s name', 'ada'],
    ['no text', 7],
    ['an empty text', ''],
    ['an endless text', 'x'.repeat(8193)],
  ] as const) {
    test(`is not ${what}`, async (t) => {
      const { auth } = await opened(t);
      assert.equal(await codeOfExchange(auth, { exchanges }), 'ERR_OPTION');
      assert.equal(await auth.sessions.count(), 0);
    });
  }

  test('is forgotten after 400 days, without anybody asking for it', async (t) => {
    const { installation, auth } = await opened(t);
    await exchange(auth);
    installation.later(400 * 86_400_000 - 120_000);
    await installation.pass(60_000);
    assert.equal(await codeOfExchange(auth), 'ERR_EXCHANGED');
    await installation.pass(120_000);
    assert.ok(await exchange(auth));
  });
});
