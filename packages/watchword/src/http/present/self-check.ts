import type { SelfCheckReport } from '../self-check/report.ts';
import { isoTime } from './tokens.ts';

/** `GET /auth/self-check`. */
export function presentSelfCheck({ ok, atMs, checks }: SelfCheckReport): object {
  return { ok, checked_at: isoTime(atMs), checks };
}
