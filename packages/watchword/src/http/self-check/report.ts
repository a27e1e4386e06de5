import type { EpochMs } from '../../domain/time.ts';

/** One thing that was looked at from outside. */
export interface SelfCheckFinding {
  /** Stays the same from version to version: `origin_header`, `set_cookie`, `page / content-security-policy`. */
  readonly name: string;
  readonly ok: boolean;
  readonly seen: string;
  /** What to do about it; where it is not ok. */
  readonly advice?: string;
}

/** What an installation saw when it asked itself through everything that stands in front of it. */
export interface SelfCheckReport {
  readonly ok: boolean;
  readonly atMs: EpochMs;
  readonly checks: readonly SelfCheckFinding[];
}

export function finding(name: string, ok: boolean, seen: string, advice: string): SelfCheckFinding {
  return ok ? { name, ok, seen } : { name, ok, seen, advice };
}

const LONGEST_QUOTE = 300;

/** What a stranger may have sent, so that it cannot break a line of a log or colour it. */
export function shown(text: string | undefined): string {
  if (text === undefined) return 'missing';
  return text.slice(0, LONGEST_QUOTE).replaceAll(/[^\x20-\x7e]/g, '?');
}
