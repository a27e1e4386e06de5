import { InvalidArgumentError } from 'commander';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };

/** For an option that takes a time, such as `12h`, in seconds. */
export function timeSpan(shortest: string, longest: string): (text: string) => number {
  const [least, most] = [secondsOf(shortest), secondsOf(longest)];
  return (text) => {
    const seconds = secondsOf(text);
    if (seconds >= least && seconds <= most) return seconds;
    throw new InvalidArgumentError(
      `Write seconds, minutes, hours or days, from ${shortest} to ${longest}, such as 12h.`,
    );
  };
}

function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  return Number(count) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN);
}
