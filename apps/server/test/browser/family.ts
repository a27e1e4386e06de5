import type { Page } from 'playwright-core';

/** The drawn family, tablet after tablet: `2 returned copied`. */
export async function drawnFamily(page: Page, list: '#tablets' | '#fallen-tablets'): Promise<string[]> {
  const items = await page.locator(`${list} > li[data-generation]`).all();
  return Promise.all(
    items.map(async (item) => {
      const [generation, state, copied] = await Promise.all(
        ['data-generation', 'data-state', 'data-copied'].map((name) => item.getAttribute(name)),
      );
      return `${generation} ${state}${copied === null ? '' : ' copied'}`;
    }),
  );
}

/** The newest entry of the time line of a kind of event, in words. */
export async function toldOf(page: Page, event: string): Promise<{ what: string; line: string | null }> {
  const entry = page.locator(`#timeline > [data-event="${event}"]`).first();
  await entry.waitFor();
  const line = entry.locator('[role="img"]');
  return {
    what: (await entry.locator('.entry-what').textContent()) ?? '',
    line: (await line.count()) === 0 ? null : await line.getAttribute('aria-label'),
  };
}

/** Waits until the thief's strike would be a conviction. */
export async function waitForProof(page: Page): Promise<void> {
  await page.locator('#strike[data-kind="primary"]').waitFor({ timeout: 30_000 });
}
