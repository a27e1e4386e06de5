import type { Session, Snapshot } from './snapshot.ts';
import type { Span } from './span.ts';

/** What this tab knows of the session, and who wants to hear of it. */
export interface Knowledge {
  readonly snapshot: Snapshot;
  /** The life of the access token, as far as it is known. */
  readonly life: Span | undefined;
  /** Counts renewals, sign-ins and sign-outs, in this tab or another: who waited can tell whether there was one. */
  readonly changes: number;
  /** What the server says of the session, be it the one that was known already. */
  signIn(session: Session, life: Span): void;
  renew(life: Span): void;
  /** `unknown` where there may be a session, and nobody could say. */
  signOut(state: 'signed-out' | 'unknown'): void;
  subscribe(listener: () => void): () => void;
}

export function createKnowledge(unknown: Snapshot): Knowledge {
  const listeners = new Set<() => void>();

  function learn(snapshot: Snapshot, life: Span | undefined): void {
    const { session_id: before } = knowledge.snapshot.session ?? {};
    // A session that is asked for again is none that was renewed.
    if (snapshot === knowledge.snapshot || before !== snapshot.session?.session_id) knowledge.changes += 1;
    knowledge.life = life;
    if (snapshot === knowledge.snapshot) return;
    knowledge.snapshot = snapshot;
    // Later, so that what a listener throws or does is its own affair.
    for (const listener of listeners) queueMicrotask(() => listeners.has(listener) && listener());
  }

  const knowledge = {
    snapshot: unknown,
    life: undefined as Span | undefined,
    changes: 0,
    signIn: (session: Session, life: Span) => learn({ state: 'signed-in', session }, life),
    renew: (life: Span) => learn(knowledge.snapshot, life),
    signOut: (state: 'signed-out' | 'unknown') => learn({ state, session: undefined }, undefined),
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return knowledge;
}
