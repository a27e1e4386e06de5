import type { EngineSettings } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { authenticate, type Presented } from './prove.ts';

/**
 * What a browser holds, with that first which counts: of one session the newer generation, of several the one that browsers are
 * given now. What the server's key has not made counts least. No store is asked.
 */
export function inOrderOfPreference(
  presented: readonly Presented[],
  { browserSessions }: Pick<EngineSettings, 'browserSessions'>,
  keys: Pick<KeyKeeper, 'refreshKey'>,
): readonly Presented[] {
  const usual: Presented['form'] = browserSessions === 'opaque' ? 'opaque' : 'token';
  const [one, another] = presented.toSorted((a, b) => Number(b.form === usual) - Number(a.form === usual));
  if (one === undefined || another === undefined) return presented;
  const first = authenticate(one, keys);
  const second = authenticate(another, keys);
  const isSecondBetter =
    second.kind === 'authentic' &&
    (first.kind === 'refused' ||
      (first.token.sessionId === second.token.sessionId && second.token.generation > first.token.generation));
  return isSecondBetter ? [another, one] : [one, another];
}
