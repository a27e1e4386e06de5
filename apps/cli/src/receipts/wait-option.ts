import { InvalidArgumentError, Option } from 'commander';

/** Less than a command waits for the answer of a server. */
const LONGEST_MS = 20_000;

/** For whatever revokes: `--wait` alone is two seconds. */
export function waitOption(): Option {
  return new Option('--wait [time]', 'for what acknowledges it, at most 20s (2s if not said)')
    .preset('2s')
    .argParser(parseWait);
}

export interface WaitOptions {
  readonly wait?: string;
}

/** What the API is told, beside what is to be revoked. */
export function waitMember({ wait }: WaitOptions): { readonly wait?: string } {
  return wait === undefined ? {} : { wait };
}

function parseWait(text: string): string {
  const [, count, unit] = /^([1-9]\d{0,4})(ms|s)$/.exec(text) ?? [];
  if (Number(count) * (unit === 's' ? 1000 : 1) <= LONGEST_MS) return text;
  throw new InvalidArgumentError('Write milliseconds or seconds, at most 20s, such as 500ms or 2s.');
}
