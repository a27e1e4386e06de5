import type { Brand } from './brand.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type EpochMs = Brand<number, 'EpochMs'>;

/** Seconds since 1970-01-01T00:00:00Z, RFC 7519 §2 "NumericDate"; whole here, though the RFC allows fractions. */
export type NumericDate = Brand<number, 'NumericDate'>;

/** Names a number as a time in milliseconds; fractions are dropped. */
export function epochMs(milliseconds: number): EpochMs {
  return Math.trunc(milliseconds) as EpochMs;
}

/** The second in which `time` lies. */
export function numericDate(time: EpochMs): NumericDate {
  return Math.floor(time / 1000) as NumericDate;
}

/** Longer ago than any window: the time of what is not known, or has not happened. */
export const LONG_AGO = epochMs(0);
