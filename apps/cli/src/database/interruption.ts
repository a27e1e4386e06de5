import { Stop } from '../stop.ts';

/** Lets long work end by itself at Ctrl-C and at the signal of a stopping system, so that it can tidy up. */
export interface Interruption {
  /** Throws once the signal came. */
  check(): void;
  /** From now on the signals mean again what they always mean. */
  end(): void;
}

export function awaitInterruption(): Interruption {
  let signal: NodeJS.Signals | undefined;
  const remember = (received: NodeJS.Signals) => {
    signal = received;
  };
  process.once('SIGINT', remember);
  process.once('SIGTERM', remember);
  return {
    check() {
      if (signal !== undefined) throw new Stop(2, `Stopped by ${signal}. Nothing was left behind.`);
    },
    end() {
      process.off('SIGINT', remember);
      process.off('SIGTERM', remember);
    },
  };
}
