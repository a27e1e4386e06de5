// A verifier that starts blind beside an issuer with millions of live revocations, in a process of its own.
import { createVerifier } from 'watchword/verifier';
import { median } from '../benchmark.ts';

const ROUNDS = 9;

interface Start {
  readonly issuer: string;
  readonly secret: string;
  readonly tokens: readonly string[];
}

process.once('disconnect', () => process.exit(1));
process.once('message', (start: Start) => void measure(start));
process.send?.('ready');

async function measure({ issuer, secret, tokens }: Start): Promise<void> {
  const before = memoryHeld();
  const begun = performance.now();
  const verifier = createVerifier({
    issuer,
    audience: issuer,
    tokenCacheSize: 0,
    feed: { clientId: 'service', clientSecret: secret, name: 'late' },
  });
  await verifier.ready();
  const coldStartMs = performance.now() - begun;
  const held = memoryHeld() - before;
  const speeds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const roundBegun = performance.now();
    for (const token of tokens) verifier.verify(token);
    if (round > 0) speeds.push(((performance.now() - roundBegun) * 1000) / tokens.length);
  }
  const [feed] = verifier.status().feeds;
  process.send?.({
    entries: feed?.entries ?? 0,
    coldStartMs,
    bytes: feed?.bytes ?? 0,
    held,
    verifyUs: median(speeds),
  });
}

function memoryHeld(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
