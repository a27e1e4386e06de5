import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { EVENT_CATALOGUE } from '../../src/domain/event-catalogue.ts';
import { createInstallation } from './support/installation.ts';

describe('a listener', () => {
  test('hears its type, and one for all hears all, in order, each with its time', async (t) => {
    const installation = createInstallation(t);
    const { auth } = await installation.open();
    const heard: string[] = [];
    auth.events.on('refresh_rotated', ({ type, atMs, generation }) =>
      heard.push(`${type} ${atMs} ${generation}`),
    );
    auth.events.on('*', ({ type }) => heard.push(`* ${type}`));
    const first = await auth.sessions.start({ subject: 'ada' });
    await auth.sessions.refresh(first.refreshToken);
    assert.deepEqual(heard, ['* session_started', 'refresh_rotated 1767225600000 2', '* refresh_rotated']);
  });

  test('is refused for a type that does not exist: its alarm would never ring', async (t) => {
    const { auth } = await createInstallation(t).open();
    const on = auth.events.on as (type: string, listener?: () => void) => void;
    assert.throws(() => on('refresh_reusd', () => {}), /did you mean `refresh_reused`\?/);
    assert.throws(() => on('somebody_came', () => {}), { code: 'ERR_OPTION' });
    assert.throws(() => on('__proto__', () => {}), { code: 'ERR_OPTION' });
    assert.throws(() => on('*'), /a type and a listener/);
  });

  test('hears nothing more once it was taken off', async (t) => {
    const { auth } = await createInstallation(t).open();
    let count = 0;
    const off = auth.events.on('session_started', () => (count += 1));
    await auth.sessions.start({ subject: 'ada' });
    off();
    off();
    await auth.sessions.start({ subject: 'ada' });
    assert.equal(count, 1);
  });

  test('that throws stops neither the call nor the other listeners, and is told of', async (t) => {
    const { auth, newTypes, events } = await createInstallation(t).open();
    let others = 0;
    auth.events.on('session_started', () => {
      throw new Error('the log is full');
    });
    auth.events.on('session_started', () => (others += 1));
    const { accessToken } = await auth.sessions.start({ subject: 'ada' });
    assert.equal(auth.verify(accessToken).subject, 'ada');
    assert.equal(others, 1);
    assert.deepEqual(newTypes().toSorted(), ['listener_failed', 'session_started']);
    const failed = events.find(({ type }) => type === 'listener_failed');
    assert.ok(failed?.type === 'listener_failed');
    assert.deepEqual([failed.eventType, failed.message], ['session_started', 'the log is full']);
  });

  test('that throws at everything does not go round in circles', async (t) => {
    const { auth } = await createInstallation(t).open();
    let calls = 0;
    auth.events.on('*', () => {
      calls += 1;
      throw new Error('no');
    });
    await auth.sessions.start({ subject: 'ada' });
    assert.equal(calls, 2);
  });

  test('that rejects is told of like one that throws, and does not end the process', async (t) => {
    const { auth, newTypes } = await createInstallation(t).open();
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    t.after(() => process.off('unhandledRejection', note));
    // oxlint-disable-next-line typescript/no-misused-promises -- an application does it all the same
    auth.events.on('session_started', async () => {
      await turn();
      throw new Error('the log is full');
    });
    await auth.sessions.start({ subject: 'ada' });
    await turn();
    await turn();
    await turn();
    assert.deepEqual(unhandled, []);
    assert.ok(newTypes().includes('listener_failed'));
  });

  test('cannot change what the next one hears', async (t) => {
    const { auth, events } = await createInstallation(t).open();
    auth.events.on('session_started', (event) => Reflect.set(event, 'subject', 'eve'));
    await auth.sessions.start({ subject: 'ada' });
    const [started] = events;
    assert.ok(started?.type === 'session_started' && Object.isFrozen(started));
    assert.equal(started.subject, 'ada');
  });
});

test('every type of event is described, with an advice where it wants somebody to look', () => {
  for (const [type, { level, meaning, advice }] of Object.entries(EVENT_CATALOGUE)) {
    assert.match(meaning, /^[A-Z].*\.$/, type);
    assert.ok(level === 'info' || advice !== '', `${type} has no advice`);
  }
});
