import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium, type BrowserContext } from 'playwright-core';
import { ask, LAUNCH, openTab, signUp, stateOf } from '../support/browser.ts';
import { formsOf } from '../support/forms.ts';
import { startServer } from '../support/server.ts';

const NAMES = { jwt: '__Host-ww_rt', opaque: '__Host-ww_sid' };

for (const form of formsOf('jwt')) {
  test(`a browser that is killed after a renewal comes back with older cookies, and is signed in: ${form}`, async (t) => {
    // Real time here: tokens that live ten seconds.
    const server = await startServer({
      accessTokenTtlSeconds: 10,
      raceWindowMs: 1000,
      browserSessions: form,
    });
    const folder = await mkdtemp(join(tmpdir(), 'watchword-client-'));
    const [profile, asBefore] = [join(folder, 'profile'), join(folder, 'as-before')];
    t.after(async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    const renewed = () => server.events.filter(({ type }) => type === 'refresh_rotated').length;

    const first = await launch(profile);
    await signUp(await openTab(first, server));
    await first.close();
    await cp(profile, asBefore, { recursive: true });

    const second = await launch(profile);
    const tokens = async (context: BrowserContext) =>
      (await context.cookies()).filter(({ name }) => name === NAMES[form]).map(({ value }) => value);
    // Before any page is there: one that opens late renews at once.
    const [stored] = await tokens(second);
    const page = await openTab(second, server);
    assert.equal(await stateOf(page), 'signed-in');
    while (renewed() === 0) await page.waitForTimeout(50);
    while ((await tokens(second))[0] === stored) await page.waitForTimeout(10);
    assert.equal(await ask(page), 200);
    await kill(second, profile);

    let third = await launch(profile);
    t.after(() => third.close());
    if ((await tokens(third))[0] !== stored) {
      t.diagnostic('this once the browser had written down the renewal: it gets the profile of before');
      await third.close();
      third = await launch(asBefore);
    }
    assert.deepEqual(await tokens(third), [stored]);
    const again = await openTab(third, server);
    assert.equal(await stateOf(again), 'signed-in');
    await again.evaluate(() => window.client.refresh());
    assert.notDeepEqual(await tokens(third), [stored]);
    assert.equal(await ask(again), 200);
    const outcomes = server.events.map(({ type }) => type).filter((type) => type.startsWith('refresh_'));
    assert.ok(
      outcomes.includes('refresh_resent') || outcomes.includes('refresh_resent_late'),
      outcomes.join(' '),
    );
    assert.ok(!outcomes.includes('refresh_reused'));
  });
}

async function launch(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, LAUNCH);
}

/** Without a word, as when the battery is empty. */
async function kill(context: BrowserContext, profile: string): Promise<void> {
  const closed = new Promise((resolve) => context.once('close', resolve));
  process.kill(await processOf(profile), 'SIGKILL');
  await closed;
}

async function processOf(profile: string): Promise<number> {
  const { readlink } = await import('node:fs/promises');
  return Number((await readlink(join(profile, 'SingletonLock'))).split('-').at(-1));
}
