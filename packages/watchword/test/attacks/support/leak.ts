/**
 * How far apart the times are that two sorts of guesses take, as Welch's t (after dudect, Reparaz et al. 2017). They are measured in
 * turns, in an order that is left to chance, and the slower half of the times, which the machine made slow, is left out of both. There are
 * several guesses of each sort, because each lies elsewhere in memory; one measurement runs through all, because the clock is coarse.
 */
export function leakOf<Guess>(
  judge: (guess: Guess) => boolean,
  first: readonly Guess[],
  second: readonly Guess[],
  rounds: number,
): number {
  const measured = (guesses: readonly Guess[]): number => {
    const begun = process.hrtime.bigint();
    for (const guess of guesses) if (judge(guess)) throw new Error('a guess was right');
    return Number(process.hrtime.bigint() - begun);
  };
  const times: readonly [number[], number[]] = [[], []];
  for (let round = -Math.ceil(rounds / 5); round < rounds; round += 1) {
    const firstLeads = Math.random() < 0.5;
    const leading = measured(firstLeads ? first : second);
    const following = measured(firstLeads ? second : first);
    if (round < 0) continue;
    times[0].push(firstLeads ? leading : following);
    times[1].push(firstLeads ? following : leading);
  }
  return welch(fasterHalf(times[0]), fasterHalf(times[1]));
}

function fasterHalf(times: readonly number[]): readonly number[] {
  return times.toSorted((a, b) => a - b).slice(0, Math.ceil(times.length / 2));
}

function welch(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [momentsOf(a), momentsOf(b)];
  return (first.mean - second.mean) / Math.sqrt(first.variance / a.length + second.variance / b.length);
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}
