import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { systemRandom } from '../../../src/platform/system-random.ts';
import { systemScheduler } from '../../../src/platform/system-scheduler.ts';
import type { FeedRelay } from '../../../src/ports/feed-relay.ts';
import { redisRelay } from '../../../src/stores/redis/index.ts';

export const INSTALLATION = 'https://app.example 0190';

export interface ListeningRelay extends FeedRelay {
  readonly heard: readonly string[];
}

/** A relay that keeps what it hears as text; connected, unless nobody answers. */
export async function openRelay(
  t: TestContext,
  url: string,
  { installation = INSTALLATION, connected = true } = {},
): Promise<ListeningRelay> {
  const context = { installation, scheduler: systemScheduler, random: systemRandom };
  const relay = await redisRelay(url).open(context);
  t.after(() => relay.close());
  const heard: string[] = [];
  relay.subscribe((message) => void heard.push(Buffer.from(message).toString()));
  if (connected) await until(() => relay.isConnected(), 'the relay connects');
  return { ...relay, heard };
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 8000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await condition())) {
    assert.ok(performance.now() < endMs, `${what} within ${withinMs} ms`);
    await pause(2);
  }
}

export function publishText(relay: FeedRelay, text: string): void {
  relay.publish(new TextEncoder().encode(text));
}

/** What anybody may say to a server. */
export async function say(url: string, ...args: readonly string[]): Promise<unknown> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand([...args]);
  } finally {
    client.destroy();
  }
}
