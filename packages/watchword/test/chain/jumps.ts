import type { Installation } from '../facade/support/installation.ts';
import { rounds } from '../stores/seed.ts';

const HOUR_MS = 3_600_000;

/** Jumps of the clock: before which step of a story, and by how much. */
export interface Jump {
  readonly before: number;
  readonly byMs: number;
}

/** How many steps later the clock is set right again. */
const LATEST_BACK = rounds(1, 100);

/** One jump before each step and after the last; and each followed by one that sets the clock right again. */
export function* allJumps(steps: number): Generator<readonly Jump[]> {
  for (const byMs of [HOUR_MS, -HOUR_MS]) {
    for (let before = 0; before <= steps; before += 1) {
      yield [{ before, byMs }];
      for (let back = before + 1; back <= Math.min(steps, before + LATEST_BACK); back += 1) {
        yield [
          { before, byMs },
          { before: back, byMs: -byMs },
        ];
      }
    }
  }
}

export function told(jumps: readonly Jump[], steps: readonly string[]): string {
  return jumps
    .map(
      ({ before, byMs }) => `${byMs > 0 ? 'forward' : 'back'} ${before < steps.length ? 'before' : 'after'} \
${steps[Math.min(before, steps.length - 1)]}`,
    )
    .join(', ');
}

export function jumpBefore(step: number, jumps: readonly Jump[], { later }: Installation): void {
  for (const { before, byMs } of jumps) if (before === step) later(byMs);
}
