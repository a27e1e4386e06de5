const PATIENCE_MS = 10_000;

/** Stops in good order at the first SIGTERM or SIGINT, and at once at the second, or when it takes too long. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;

  function onSignal(): void {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `The server did not stop cleanly: ${error instanceof Error ? error.message : 'no reason'}\n`,
        );
        process.exit(1);
      },
    );
  }

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
