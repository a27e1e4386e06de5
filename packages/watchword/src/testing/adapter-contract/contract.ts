import type { Watchword } from '../../facade/index.ts';

export interface AdapterAppOptions {
  /** Whether the framework believes `X-Forwarded-For`. */
  readonly trustsProxy: boolean;
  /** Whether a parser of bodies has its turn before Watchword, in frameworks in which that can be. */
  readonly parsesFirst: boolean;
}

export interface RunningAdapterApp {
  /** On the loopback. */
  readonly url: string;
  /** Ends as the adapter's documentation says: streams too, by themselves. */
  stop(): Promise<void>;
}

export interface AdapterUnderTest {
  readonly name: string;
  serve(auth: Watchword, options: AdapterAppOptions): Promise<RunningAdapterApp>;
}

/** What a case leaves behind is cleared when it is over, last things first. */
export interface Cleanup {
  after(clear: () => unknown): void;
}

export type AddCase = (name: string, run: (t: Cleanup) => Promise<void>) => void;
