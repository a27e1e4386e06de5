import type { Knowledge } from './knowledge.ts';
import type { Renewal } from './renewal.ts';
import { outlives, remainingMs, spanFromTab } from './span.ts';
import type { Tiding } from './tabs.ts';

/** What a tab does by itself: renews in time, tries again after an outage, and looks whenever it wakes up. */
export interface Watch {
  /** Does whatever is due. */
  look(): Promise<void>;
  /** Asks the server, because somebody may have signed in or out. */
  ask(): Promise<void>;
  hear(tiding: Tiding): void;
  /** Begins. Gives the function that ends it. */
  begin(): () => void;
}

/** No timer is shorter, whatever the server says, or longer than timers can be. */
const SHORTEST_TIMER_MS = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createWatch(knowledge: Knowledge, renewal: Renewal): Watch {
  /** The share of a token's life that is left when this tab renews it. By chance, so that one tab is done before others begin. */
  const share = 0.2 + Math.random() / 5;
  let watching: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<void> | undefined;

  function waitMs(): number {
    const { snapshot, life } = knowledge;
    if (snapshot.state === 'signed-out') return Infinity;
    const untilDueMs = life === undefined ? 0 : remainingMs(life) - life.lengthMs * share;
    return Math.max(untilDueMs, renewal.restMs());
  }

  function setTimer(): void {
    clearTimeout(timer);
    const nextMs = Math.max(waitMs(), SHORTEST_TIMER_MS);
    if (watching !== undefined && nextMs < Infinity) {
      timer = setTimeout(() => void look(), Math.min(nextMs, LONGEST_TIMER_MS));
    }
  }

  async function doWhatIsDue(): Promise<void> {
    if (waitMs() > 0) return;
    if (knowledge.life === undefined) await ask();
    else await renewal.renew(false);
  }

  function look(): Promise<void> {
    looking ??= doWhatIsDue().finally(() => {
      looking = undefined;
      setTimer();
    });
    return looking;
  }

  async function ask(): Promise<void> {
    const loaded = await renewal.load();
    const isOut = knowledge.snapshot.state === 'signed-out';
    if (loaded === 'failed' && isOut) knowledge.signOut('unknown');
    if (loaded === 'refused' && !isOut) await renewal.renew(true);
    setTimer();
  }

  function wake(event: Event): void {
    renewal.wake();
    // Out of the back/forward cache: what was told meanwhile was told in vain.
    void ('persisted' in event && event.persisted === true ? ask() : look());
  }

  return {
    look,
    ask,
    hear({ sessionId, life }) {
      const known = knowledge.snapshot.session?.session_id;
      if (life === undefined) {
        if (sessionId === undefined || sessionId === known) knowledge.signOut('signed-out');
      } else if (sessionId !== known) {
        void ask();
      } else {
        const theirs = spanFromTab(life);
        if (outlives(theirs, knowledge.life)) knowledge.renew(theirs);
      }
      setTimer();
    },
    begin() {
      watching = new AbortController();
      const { signal } = watching;
      for (const type of ['visibilitychange', 'focus', 'online', 'pageshow']) {
        addEventListener(type, wake, { signal });
      }
      return () => {
        watching?.abort();
        watching = undefined;
        clearTimeout(timer);
      };
    },
  };
}
