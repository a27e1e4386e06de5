import { ArgumentError } from '../../errors/watchword-error.ts';

const SPAN = /^(\d{1,9})(ms|s|m|h|d)$/;
const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** '20m' in milliseconds. */
export function parseSpan(span: unknown): number {
  const [, count, unit = ''] = (typeof span === 'string' && SPAN.exec(span)) || [];
  const milliseconds = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (Number.isSafeInteger(milliseconds)) return milliseconds;
  throw new ArgumentError("Time is said as a count and a unit: '500ms', '30s', '20m', '2h' or '7d'.");
}
