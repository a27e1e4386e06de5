import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startChild, type Child } from '../stores/child-process.ts';
import { createTemporaryFolder } from '../stores/temporary-folder.ts';
import { seed } from '../stores/seed.ts';
import type { Order, Report, Result, Task } from './children/worker.ts';

export interface Worker extends Child {
  /** Does all of the tasks at once. */
  do(...tasks: readonly Task[]): Promise<Report>;
}

export interface Workers {
  /** Where the database is. */
  readonly path: string;
  readonly all: readonly Worker[];
  /** One list of tasks for each process, begun by all at one moment. */
  together(...lists: readonly (readonly Task[])[]): Promise<readonly Report[]>;
}

/** How long after its order everybody has heard it. */
const LEAD_MS = 15;

/** Processes on one new database, which go with it when the test is over. */
export async function startWorkers(
  t: TestContext,
  count: number,
  { raceWindowMs, wrap = [] }: { readonly raceWindowMs: number; readonly wrap?: readonly string[] },
): Promise<Workers> {
  const folder = createTemporaryFolder();
  const path = join(folder.path, 'watchword.db');
  const children: Child[] = [];
  t.after(async () => {
    await Promise.all(children.map((child) => child.kill()));
    folder.remove();
    if (Reflect.get(t, 'passed') !== true) t.diagnostic(`WATCHWORD_SEED=${seed}`);
  });
  const ready: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const child = startChild('../../chain/children/worker.ts', [path, String(raceWindowMs)], wrap);
    children.push(child);
    ready.push(child.hear());
  }
  await Promise.all(ready);
  const all = children.map((child) => ({
    ...child,
    do: (...tasks: readonly Task[]) => child.ask<Report>({ tasks, atMs: 0 } satisfies Order),
  }));
  return {
    path,
    all,
    together: (...lists) => {
      const atMs = Date.now() + LEAD_MS;
      const asked = lists.map((tasks, index) => all[index]?.ask<Report>({ tasks, atMs } satisfies Order));
      return Promise.all(asked.map((report) => report ?? assert.fail('more lists than processes')));
    },
  };
}

/** The only result of a report. */
export function only({ results }: Report): Result {
  assert.equal(results.length, 1);
  return results[0] ?? assert.fail();
}

/** The tokens of a result; fails with what it was refused with. */
export function tokensOf(result: Result): NonNullable<Result['tokens']> {
  return result.tokens ?? assert.fail(`refused: ${result.code} ${result.detail}`);
}

export function refresh(token: string): Task {
  return { task: 'refresh', token };
}
