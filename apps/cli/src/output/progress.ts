import type { Terminal } from '../terminal.ts';

/** How often a line is drawn anew, at most. */
const PERIOD_MS = 100;
/** Work that is over by then shows nothing. */
const PATIENCE_MS = 500;

export interface Progress {
  /** `part` of the work is done, from 0 to 1. */
  show(part: number): void;
  clear(): void;
}

/** A line on standard error that is drawn over, where it is a terminal and the work is long. */
export function createProgress({ stderr }: Terminal, what: string): Progress {
  if (stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  let nextMs = performance.now() + PATIENCE_MS;
  let isDrawn = false;
  return {
    show(part) {
      const nowMs = performance.now();
      if (nowMs < nextMs) return;
      nextMs = nowMs + PERIOD_MS;
      isDrawn = true;
      stderr.write(`\r${what} ${Math.floor(part * 100)} %`);
    },
    clear() {
      if (isDrawn) stderr.write('\r\u001b[K');
      isDrawn = false;
    },
  };
}
