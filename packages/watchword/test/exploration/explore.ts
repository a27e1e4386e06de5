import type { Scenario } from './move.ts';
import { movesFrom } from './moves.ts';
import type { Property } from './properties.ts';
import type { Rules } from './server.ts';
import { firstWorld, worldKey, type World } from './world.ts';

export interface Exploration {
  readonly states: number;
  readonly depth: number;
  /** Whether every reachable world was visited, so that no depth limit is left to speak of. */
  readonly complete: boolean;
  readonly violation?: { readonly what: string; readonly story: readonly string[] };
}

interface Visited {
  readonly from: string;
  readonly label: string;
}

/** A world whose moves are to be looked at, with its key. */
interface Found {
  readonly world: World;
  readonly from: string;
}

/** Breadth first, so that the first violation has the shortest story. */
export function explore(
  scenario: Scenario,
  rules: Rules,
  property: Property,
  limits: { readonly states: number },
): Exploration {
  const first = firstWorld(scenario);
  const firstKey = worldKey(first);
  const visited = new Map<string, Visited>([[firstKey, { from: '', label: 'a session starts' }]]);
  let frontier: Found[] = [{ world: first, from: firstKey }];
  for (let depth = 1; ; depth += 1) {
    const next: Found[] = [];
    for (const { world, from } of frontier) {
      for (const move of movesFrom(world, scenario, rules)) {
        const what = property(world, move);
        if (what !== undefined) {
          const story = [...storyOf(visited, from), move.label];
          return { states: visited.size, depth, complete: false, violation: { what, story } };
        }
        const key = worldKey(move.world);
        if (visited.has(key)) continue;
        visited.set(key, { from, label: move.label });
        next.push({ world: move.world, from: key });
      }
      if (visited.size >= limits.states) return { states: visited.size, depth, complete: false };
    }
    if (next.length === 0) return { states: visited.size, depth, complete: true };
    frontier = next;
  }
}

function storyOf(visited: ReadonlyMap<string, Visited>, last: string): string[] {
  const story: string[] = [];
  for (let key = last; key !== ''; key = visited.get(key)?.from ?? '')
    story.unshift(visited.get(key)?.label ?? '');
  return story;
}
