import type { Clock } from '../../ports/clock.ts';
import type { Settler, UseReport } from './settle.ts';

/** Of each instance, at once and for each second: a report costs a MAC, and a later use makes another. */
const BURST = 500;
const PER_SECOND = 100;

/** Instances whose reports are counted; the one that was heard longest ago is forgotten, and begins with a full burst. */
const MOST_INSTANCES = 2000;

/** Takes in what verifiers elsewhere report of uses, so that nobody's flood takes time from others. */
export interface UseReports {
  /** Notes as many as the instance may report; gives how many it looked at. */
  note(instance: string, reports: readonly UseReport[]): number;
}

export function createUseReports(clock: Clock, settler: Pick<Settler, 'noteReport'>): UseReports {
  const budgets = new Map<string, { readonly left: number; readonly sinceMs: number }>();

  /** How many reports it may make now, of which some are taken. */
  function take(instance: string, wanted: number): number {
    const nowMs = clock.monotonicMs();
    const { left, sinceMs } = budgets.get(instance) ?? { left: BURST, sinceMs: nowMs };
    const allowed = Math.min(BURST, left + ((nowMs - sinceMs) / 1000) * PER_SECOND);
    const taken = Math.min(wanted, Math.floor(allowed));
    budgets.delete(instance);
    budgets.set(instance, { left: allowed - taken, sinceMs: nowMs });
    const [oldest] = budgets.keys();
    if (budgets.size > MOST_INSTANCES && oldest !== undefined) budgets.delete(oldest);
    return taken;
  }

  return {
    note(instance, reports) {
      const taken = take(instance, reports.length);
      for (const report of reports.slice(0, taken)) settler.noteReport(report);
      return taken;
    },
  };
}
