import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createVerifierOn,
  type FeedOptions,
  type RemoteFeedStatus,
  type Verifier,
  type VerifierOptions,
  type WatchwordEvent,
} from '../../src/facade/verifier.ts';
import type { VerifierPlatform } from '../../src/facade/trusted-issuer.ts';
import { AUDIENCE, CREDENTIAL, type ScriptedIssuer } from './scripted-issuer.ts';

export interface Following {
  readonly verifier: Verifier;
  readonly events: readonly WatchwordEvent[];
  /** The one feed's. */
  feed(): RemoteFeedStatus;
  /** The code that a token is refused with, or who it speaks for. */
  codeOf(
    token: string,
    ...expected: Parameters<Verifier['verify']> extends [string, ...infer Rest] ? Rest : never
  ): string;
}

export type Wishes = Partial<Omit<VerifierOptions, 'feed'>> & {
  readonly feed?: Partial<FeedOptions>;
  readonly platform?: Partial<VerifierPlatform>;
};

/** A verifier that follows the issuer. */
export function follow(t: TestContext, issuer: Pick<ScriptedIssuer, 'url'>, wishes: Wishes = {}): Following {
  const { feed, platform = {}, ...options } = wishes;
  const verifier = createVerifierOn(platform, {
    issuer: issuer.url,
    audience: AUDIENCE,
    ...options,
    feed: { ...CREDENTIAL, ...feed },
  });
  t.after(() => verifier.close());
  const events: WatchwordEvent[] = [];
  verifier.events.on('*', (event) => events.push(event));
  return {
    verifier,
    events,
    feed() {
      const [status] = verifier.status().feeds;
      assert.ok(status !== undefined);
      return status;
    },
    codeOf(token, ...expected) {
      try {
        return verifier.verify(token, ...expected).subject;
      } catch (error) {
        return String((error as { readonly code?: unknown }).code);
      }
    },
  };
}

/** Waits until something is so; fails where it does not become so. */
export async function until(what: () => boolean, patienceMs = 5000): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!what()) {
    assert.ok(performance.now() < endMs, `it did not become so: ${what.toString()}`);
    await sleep(5);
  }
}

export async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'resolved',
    (error: unknown) => (error as { readonly code?: unknown }).code,
  );
}
