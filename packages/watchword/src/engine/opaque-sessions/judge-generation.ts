import type { ChainPolicy, ChainState } from '../../domain/refresh-chain.ts';

/**
 * What a presented generation is to a guard, which convicts nobody: `replaced` is for the table to judge, where it is refreshed. The
 * parent is good as long as its client may not know of its successor.
 */
export type Standing = 'newest' | 'parent' | 'replaced' | 'ahead';

export function judgeGeneration(
  { generation: newest, settled }: ChainState,
  presented: number,
  { rotation }: ChainPolicy,
): Standing {
  if (presented > newest) return 'ahead';
  if (presented === newest) return 'newest';
  return presented === newest - 1 && !settled && rotation === 'resilient' ? 'parent' : 'replaced';
}
