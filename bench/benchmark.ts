/**
 * What a benchmark found: ratios of ours to the others', and figures with their units in the name. A ratio above 1 says that
 * ours is faster, but one of costs (`cpu_…`) that it costs more.
 */
export interface BenchmarkResult {
  readonly ratios: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

export interface Benchmark {
  readonly summary: string;
  run(): Promise<BenchmarkResult>;
}

/** One contestant: does its work `count` times. */
export type Contestant = (count: number) => Promise<void> | void;

/**
 * Runs the contestants in turn, round after round, and gives each one's operations per second in each round. What
 * disturbs the machine for a while disturbs them all.
 */
export async function inTurns<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  { rounds, count }: { readonly rounds: number; readonly count: number },
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const speeds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const begun = performance.now();
      await contestants[name](count);
      const seconds = (performance.now() - begun) / 1000;
      // The round before the first warms up.
      if (round >= 0) speeds[name].push(count / seconds);
    }
  }
  return speeds;
}

/** The median of the ratios of paired rounds. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((speed, round) => speed / (theirs[round] ?? Number.NaN)));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
