import assert from 'node:assert/strict';
import { createHook, type AsyncHook } from 'node:async_hooks';
import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { test } from 'node:test';
import { newSessionId, startScriptedIssuer } from './scripted-issuer.ts';
import { follow, until } from './verifying.ts';

const CALLS = 10_000;

/** Everything by which a program of Node's reaches beyond itself, as far as it can be replaced. */
function forbidIo(t: { after(work: () => void): void }): { readonly calls: string[] } {
  const calls: string[] = [];
  const targets: readonly (readonly [string, object])[] = [
    ['fs', fs],
    ['fs.promises', fs.promises],
    ['net.Socket', net.Socket.prototype],
    ['dns', dns],
    ['global', globalThis],
  ];
  const onlyGlobals = new Set(['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']);
  for (const [owner, object] of targets) {
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(object))) {
      if (owner === 'global' && !onlyGlobals.has(name)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(object, name);
      const isFunction = typeof descriptor?.value === 'function' && descriptor.writable === true;
      if (!isFunction || name === 'constructor') continue;
      const original: unknown = descriptor.value;
      Reflect.set(object, name, () => {
        calls.push(`${owner}.${name}`);
        throw new Error(`${owner}.${name} was called`);
      });
      t.after(() => Reflect.set(object, name, original));
    }
  }
  syncBuiltinESMExports();
  return { calls };
}

test('verifying creates no promise, timer, request or handle, and touches no file and no socket', async (t) => {
  const issuer = await startScriptedIssuer(t);
  issuer.settleMs = 1000;
  const { verifier } = follow(t, issuer);
  await verifier.ready();
  const revoked = newSessionId();
  issuer.revoke({ kind: 'session', sessionId: revoked });
  await until(() => verifier.status().feeds[0]?.sequence === 1);
  const good = Array.from({ length: 100 }, () => issuer.token());
  const bad = issuer.token({ sid: revoked });
  // The first use of an old token is noted for the next receipt, which sets a timer once.
  verifier.verify(issuer.token({ ageSeconds: 30 }));

  const cleanUps: (() => void)[] = [];
  const created: string[] = [];
  const hook: AsyncHook = createHook({ init: (_id, type) => void created.push(type) }).enable();
  const { calls } = forbidIo({ after: (work) => cleanUps.push(work) });
  let taken = 0;
  let refused = 0;
  try {
    for (let call = 0; call < CALLS; call += 1) {
      try {
        verifier.verify(call % 10 === 0 ? bad : (good[call % good.length] ?? ''));
        taken += 1;
      } catch (error) {
        assert.equal((error as { readonly code?: unknown }).code, 'ERR_TOKEN_REVOKED');
        refused += 1;
      }
    }
  } finally {
    hook.disable();
    for (const work of cleanUps) work();
    syncBuiltinESMExports();
  }
  assert.deepEqual([taken, refused], [CALLS * 0.9, CALLS * 0.1]);
  // A signature is checked on the spot, by a job that Node counts as a resource though nothing waits for it.
  assert.deepEqual(
    created.filter((type) => type !== 'SIGNREQUEST'),
    [],
  );
  assert.deepEqual(calls, []);
});

test('what proves it would notice I/O', (t) => {
  const cleanUps: (() => void)[] = [];
  const { calls } = forbidIo({ after: (work) => cleanUps.push(work) });
  try {
    assert.throws(() => fs.readFileSync('/dev/null'));
    assert.throws(() => fetch('http://127.0.0.1:9'));
    assert.throws(() => new net.Socket().connect(9));
  } finally {
    for (const work of cleanUps) work();
    syncBuiltinESMExports();
  }
  assert.deepEqual(calls, ['fs.readFileSync', 'global.fetch', 'net.Socket.connect']);
  const created: string[] = [];
  const hook = createHook({ init: (_id, type) => void created.push(type) }).enable();
  void Promise.resolve().then(() => undefined);
  fs.stat('/dev/null', () => undefined);
  hook.disable();
  assert.ok(created.includes('PROMISE') && created.includes('FSREQCALLBACK'), created.join());
  t.diagnostic(created.join());
});
