/** What a server of the benchmark tells the process that drives it, and is asked. */
export type Question = { readonly ask: 'sessions'; readonly count: number } | { readonly ask: 'cpu' };

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sessions'; readonly credentials: readonly string[] }
  | { readonly kind: 'cpu'; readonly microseconds: number };

/**
 * Says that the server answers, and from then on answers what it is asked: sessions to refresh, each as what its client
 * shows first, and the CPU time of all of the process's threads so far.
 */
export function serve(
  startSessions: (count: number) => readonly string[] | Promise<readonly string[]>,
): void {
  process.on('message', (question: Question) => {
    if (question.ask === 'cpu') {
      const { user, system } = process.cpuUsage();
      return answer({ kind: 'cpu', microseconds: user + system });
    }
    // What goes wrong ends the process, which whoever asked is told.
    void Promise.resolve(startSessions(question.count)).then((credentials) =>
      answer({ kind: 'sessions', credentials }),
    );
  });
  // Whoever drives it is gone.
  process.once('disconnect', () => process.exit(1));
  answer({ kind: 'ready' });
}

function answer(message: Answer): void {
  process.send?.(message);
}
