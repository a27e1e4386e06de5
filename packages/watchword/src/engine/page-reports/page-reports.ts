import type { ViolationReport } from '../../domain/violation-report.ts';
import type { EngineContext } from '../context.ts';

const WINDOW_MS = 60_000;

/** How many reports a process tells of one by one in a minute: enough to see what is wrong with a page. */
const MOST_TOLD = 20;

export interface PageReports {
  /** Tells of each while there is room in this minute, and counts the others. */
  record(reports: readonly ViolationReport[]): void;
  /** Counts one that nobody needs to read, because there is no room for it; `false` where there still is. */
  dropUnread(): boolean;
  /** Tells what was counted, and counts no more. */
  close(): void;
}

/** A minute begins with its first report, so that a quiet process has no timer. */
export function createPageReports({ events, scheduler }: EngineContext): PageReports {
  let told = 0;
  let dropped = 0;
  let stopTimer: (() => void) | undefined;

  function endMinute(): void {
    stopTimer = undefined;
    const count = dropped;
    told = 0;
    dropped = 0;
    if (count > 0) events.record('csp_reports_dropped', { count });
  }

  return {
    record(reports) {
      if (reports.length === 0) return;
      stopTimer ??= scheduler.after(WINDOW_MS, endMinute);
      for (const report of reports) {
        if (told === MOST_TOLD) dropped += 1;
        else {
          told += 1;
          events.record('csp_reported', report);
        }
      }
    },
    dropUnread() {
      if (told < MOST_TOLD) return false;
      dropped += 1;
      return true;
    },
    close() {
      stopTimer?.();
      endMinute();
    },
  };
}
