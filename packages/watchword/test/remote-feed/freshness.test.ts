import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Freshness } from '../../src/engine/remote-feed/freshness.ts';
import { IssuerClock } from '../../src/engine/remote-feed/issuer-clock.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { epochMs } from '../../src/domain/time.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { checkpointEvent, newSessionId, startScriptedIssuer } from './scripted-issuer.ts';
import { follow, until } from './verifying.ts';

/** What the issuer's clock shows when the local monotonic one shows 0: any number will do. */
const ISSUER_MS = 5_000_000;

describe('the issuer’s clock, seen from here', () => {
  function setUp() {
    const clock = createFakeClock();
    const startMs = clock.monotonicMs();
    const issuerClock = new IssuerClock(clock);
    /** What a process of the issuer signs at this moment, about a reading so long ago. */
    const shown = (agoMs = 0, name = 'a') => {
      const nowMs = ISSUER_MS + clock.monotonicMs() - startMs;
      return { clock: name, nowMs, asOfMs: nowMs - agoMs };
    };
    const ageOf = (checkpoint: ReturnType<typeof shown>) => {
      const sinceMs = issuerClock.notBefore(checkpoint);
      return sinceMs === undefined ? undefined : Math.round(clock.monotonicMs() - sinceMs);
    };
    return { clock, issuerClock, shown, ageOf };
  }

  test('a request and its answer bound the age from above, however slow they are', () => {
    const { clock, issuerClock, shown, ageOf } = setUp();
    const sentMs = clock.monotonicMs();
    clock.advance(300);
    const signed = shown(50);
    clock.advance(700);
    issuerClock.begin(signed, sentMs);
    // It was read 750 ms ago. The way there may have taken no time at all.
    assert.equal(ageOf(signed), 1050);
    clock.advance(2000);
    assert.equal(ageOf(signed), 3051, 'what is held back grows old');
    assert.equal(ageOf(shown(0)), 301, 'the way there, and some drift');
  });

  test('a faster exchange makes it better, a slower one does not make it worse', () => {
    const { clock, issuerClock, shown, ageOf } = setUp();
    const first = clock.monotonicMs();
    clock.advance(500);
    issuerClock.begin(shown(), first);
    assert.equal(ageOf(shown()), 500);
    const second = clock.monotonicMs();
    clock.advance(5);
    issuerClock.refine(shown(), second);
    assert.equal(ageOf(shown()), 5);
    const third = clock.monotonicMs();
    clock.advance(900);
    issuerClock.refine(shown(), third);
    assert.ok((ageOf(shown()) ?? 0) <= 6);
    issuerClock.refine({ ...shown(), clock: 'b', nowMs: 0 }, clock.monotonicMs());
    assert.ok((ageOf(shown()) ?? 0) <= 6, 'another process says nothing');
  });

  test('drift counts 200 in a million, and calls for another exchange each minute', () => {
    const { clock, issuerClock, shown, ageOf } = setUp();
    issuerClock.begin(shown(), clock.monotonicMs());
    assert.equal(issuerClock.isDue, false);
    clock.advance(60_000);
    assert.equal(issuerClock.isDue, true);
    assert.equal(ageOf(shown()), 12);
    issuerClock.refine(shown(), clock.monotonicMs());
    assert.equal(issuerClock.isDue, false);
    assert.equal(ageOf(shown()), 0);
  });

  test('of an unknown clock nothing is known', () => {
    const { clock, issuerClock, shown, ageOf } = setUp();
    issuerClock.begin(shown(), clock.monotonicMs());
    assert.equal(ageOf(shown(0, 'b')), undefined);
  });

  test('nothing is younger than the issuer says itself, and where its clock has gained too much nothing is known', () => {
    const { clock, issuerClock, shown, ageOf } = setUp();
    issuerClock.begin(shown(), clock.monotonicMs());
    const gained = (milliseconds: number, agoMs: number) => {
      const { clock: name, nowMs, asOfMs } = shown(agoMs);
      return { clock: name, nowMs: nowMs + milliseconds, asOfMs: asOfMs + milliseconds };
    };
    assert.equal(ageOf(gained(0, 100)), 100);
    assert.equal(ageOf(gained(200, 100)), 100);
    assert.equal(ageOf(gained(200, 1000)), 1000);
    assert.equal(ageOf(gained(300, 1000)), undefined, 'this machine stood still');
  });

  test('where another process answers for long, its clock is compared with that of a new stream', () => {
    const { clock, issuerClock, shown, ageOf } = setUp();
    issuerClock.begin(shown(), clock.monotonicMs());
    for (let minutes = 1; minutes <= 15; minutes += 1) {
      clock.advance(60_000);
      issuerClock.refine(shown(0, 'b'), clock.monotonicMs());
      assert.equal(ageOf(shown()), 12 * minutes);
    }
    clock.advance(60_000);
    assert.equal(ageOf(shown()), undefined, 'it would grow old for ever');
    issuerClock.begin(shown(), clock.monotonicMs());
    assert.equal(ageOf(shown()), 0);
  });

  test('a machine that slept has to ask again', () => {
    const { clock, issuerClock, shown, ageOf } = setUp();
    issuerClock.begin(shown(), clock.monotonicMs());
    clock.jump(60_000);
    assert.equal(ageOf(shown()), undefined);
    issuerClock.begin(shown(), clock.monotonicMs());
    assert.equal(ageOf(shown()), 0);
  });
});

describe('how long ago what is known was complete', () => {
  test('is infinite at first, then what the worse of two clocks says', () => {
    const clock = createFakeClock();
    const freshness = new Freshness(clock);
    assert.equal(freshness.ageMs(), Infinity);
    freshness.confirm(clock.monotonicMs() - 100);
    assert.equal(freshness.ageMs(), 100);
    freshness.confirm(clock.monotonicMs() - 200);
    assert.equal(freshness.ageMs(), 100, 'an older bound takes nothing away');
    clock.advance(1000);
    assert.equal(freshness.ageMs(), 1100);
    clock.jump(50_000);
    assert.equal(freshness.ageMs(), 51_100, 'the machine slept');
    freshness.confirm(clock.monotonicMs());
    assert.equal(freshness.ageMs(), 0);
    clock.jump(-90_000);
    clock.advance(10);
    assert.equal(freshness.ageMs(), 10, 'a clock that is set back takes nothing away');
  });
});

test('an issuer that cannot read its store lets the age grow, though it goes on signing', async (t) => {
  const issuer = await startScriptedIssuer(t);
  const { verifier, feed } = follow(t, issuer);
  await verifier.ready();
  issuer.asOfMs = issuer.nowMs();
  await until(() => feed().ageMs > 700);
  assert.equal(feed().state, 'following');
  issuer.asOfMs = undefined;
  await until(() => feed().ageMs < 400);
});

test('before snapshot and tail nothing is known, and a tail whose clock is unknown advances nothing', async (t) => {
  const issuer = await startScriptedIssuer(t);
  issuer.instead.set('/feed', (_request, response) => issuer.openStream(response));
  const { feed, codeOf, verifier } = follow(t, issuer);
  await until(() => feed().sequence === 0 && verifier.status().keys[0]?.keyIds.length === 1);
  assert.equal(feed().ageMs, Infinity);
  assert.equal(codeOf(issuer.token()), 'ERR_FEED_STALE');
  issuer.instead.clear();
  issuer.hangUp();
  await verifier.ready();
});

test('a batch behind which there are more does not say that it was all', async (t) => {
  const issuer = await startScriptedIssuer(t);
  issuer.beats = false;
  issuer.instead.set('/feed', (request, response) => {
    issuer.openStream(response);
    const nonce = new URL(request.url ?? '', issuer.url).searchParams.get('nonce') ?? '';
    response.write(checkpointEvent(issuer.checkpoint({ nonce, asOfMs: 0 })));
  });
  const { feed, verifier, codeOf } = follow(t, issuer);
  await until(() => feed().state === 'following' && verifier.status().keys[0]?.keyIds.length === 1);
  assert.equal(codeOf(issuer.token()), 'ERR_FEED_STALE');
  assert.equal(feed().ageMs, Infinity);
  issuer.tell(checkpointEvent(issuer.checkpoint()));
  await until(() => codeOf(issuer.token()) === 'ada');
});

test('a machine that wakes up refuses until it has heard from the issuer again', async (t) => {
  const issuer = await startScriptedIssuer(t);
  let sleptMs = 0;
  const clock = { ...systemClock, nowMs: () => epochMs(systemClock.nowMs() + sleptMs) };
  const { feed, verifier, codeOf } = follow(t, issuer, { platform: { clock } });
  await verifier.ready();
  const token = issuer.token({ sid: newSessionId(), exp: Math.floor(Date.now() / 1000) + 900 });
  assert.equal(codeOf(token), 'ada');
  sleptMs = 60_000;
  assert.equal(codeOf(token), 'ERR_FEED_STALE');
  await until(() => codeOf(token) === 'ada');
  assert.ok(feed().reconnects >= 1, 'the clocks were compared anew');
});
