import { formatProbe, isProofOf, probeTimeMs, proveProbe } from '../crypto/probe.ts';
import { encodeBase64url } from '../crypto/base64url.ts';
import type { EngineContext } from './context.ts';
import type { KeyKeeper } from './keys/key-keeper.ts';

/** How far the clocks of an installation's processes may be apart, and how long an answer may take. */
const PROBE_LIFE_MS = 60_000;

/** How an installation recognizes itself at the other end of the proxies in front of it. */
export interface Probes {
  create(): string;
  /** The proof that it arrived; `undefined` for what is no probe of this installation, or an old one. */
  answer(probe: string): string | undefined;
  isAnswer(probe: string, proof: string): boolean;
  /** A text that no answer has twice. */
  stamp(): string;
}

export function createProbes({ clock, random }: EngineContext, keys: Pick<KeyKeeper, 'probeKey'>): Probes {
  return {
    create: () => formatProbe(clock.nowMs(), random.bytes(16), keys.probeKey()),
    answer(probe) {
      const timeMs = probeTimeMs(probe, keys.probeKey());
      if (timeMs === undefined || Math.abs(clock.nowMs() - timeMs) > PROBE_LIFE_MS) return undefined;
      return proveProbe(probe, keys.probeKey());
    },
    isAnswer: (probe, proof) => isProofOf(probe, proof, keys.probeKey()),
    stamp: () => encodeBase64url(random.bytes(16)),
  };
}
