import type { TestContext } from 'node:test';
import { createWatchword, type WatchwordEvent, type WatchwordOptions } from '../../src/facade/index.ts';
import { createMemoryState } from '../../src/stores/memory/memory-state.ts';
import { createMemoryStore } from '../../src/stores/memory/memory.ts';
import { watchword } from '../../src/adapters/express/index.ts';
import { JSON_TYPE, jsonOf, listen, OWN, SAME_ORIGIN } from '../adapters/listening.ts';
import express from 'express';

/** An installation with accounts on the real platform: the hashes are what is tried. */
export async function createSystemInstallation(t: TestContext, options: Partial<WatchwordOptions> = {}) {
  const state = createMemoryState(new Uint8Array(16));
  const auth = await createWatchword({
    issuer: OWN,
    accounts: true,
    store: {
      kind: 'memory',
      durable: false,
      open: async (context) => createMemoryStore(state, context),
    },
    ...options,
  });
  t.after(() => auth.close());
  const events: WatchwordEvent[] = [];
  auth.events.on('*', (event) => events.push(event));
  const url = await listen(t, express().use(watchword(auth)));

  return {
    auth,
    events,
    /** The id of who signed in, or the status of the refusal. */
    async signIn(email: string, password: string): Promise<string | number> {
      const answer = await fetch(`${url}/auth/sign-in`, {
        method: 'POST',
        headers: { ...SAME_ORIGIN, ...JSON_TYPE },
        body: JSON.stringify({ email, password }),
      });
      return answer.ok ? (await jsonOf(answer)).user.id : answer.status;
    },
    async hashOf(id: string): Promise<string> {
      return state.accounts.get(id)?.passwordHash ?? '';
    },
  };
}
