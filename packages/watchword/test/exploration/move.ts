import type { Answer } from './server.ts';
import { copyOf, type Beginning, type World } from './world.ts';

/** What happens in the world that is explored. */
export interface Scenario extends Beginning {
  readonly name: string;
  /** Tabs that share one cookie jar; 1 is a mobile client. */
  readonly tabs: number;
  /** The most ticks until what is in memory is on disk. */
  readonly savesWithinTicks: number;
  readonly maxCrashes: number;
  readonly thief: boolean;
  /**
   * `slow`: requests and answers take time and may overtake each other. `interleaved`: server processes may also do
   * things between another's look at the row and its step. `instant`: a refresh is one move, answered or with its answer lost.
   */
  readonly messages: 'slow' | 'interleaved' | 'instant';
  /** Whether what is used is the opaque id itself, and no access token that says when it was made. */
  readonly opaque?: boolean;
  /** How many ticks go by at once; 1 unless a coarser clock is enough. */
  readonly ticksAtOnce?: number;
  /** Whether the session may be ended from outside, by a sign-out or an operator. */
  readonly revocation?: boolean;
  /** Whether one of two server processes looks at a replica, which has the row as it was at some time before. */
  readonly replica?: boolean;
  /** Whether the store may be restored, once, from a backup that was made at some time before. */
  readonly backup?: boolean;
  /** The fewest ticks for which nobody is answered before it is. */
  readonly downTicks?: number;
}

export interface Move {
  readonly label: string;
  readonly world: World;
  /** What the server answered, where it was asked, and to whom. */
  readonly answer?: Answer;
  readonly by?: number;
  /** How far behind the newest the presented token was. */
  readonly presented?: number;
}

/** A move in which the server is asked. */
export function asked(
  world: World,
  label: string,
  { by, presented }: { readonly by: number; readonly presented: number },
  ask: (next: World) => Answer,
): Move {
  let answer: Answer | undefined;
  const move = changed(world, label, (next) => {
    answer = ask(next);
  });
  return { ...move, by, presented, ...(answer !== undefined && { answer }) };
}

export function changed(world: World, label: string, change: (next: World) => void): Move {
  const next = copyOf(world);
  change(next);
  return { label, world: next };
}
