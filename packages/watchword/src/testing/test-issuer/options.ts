import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { WatchwordOptions } from '../../facade/index.ts';
import { readEnvironment } from '../../platform/environment.ts';
import type { FakeClock } from '../fake-clock.ts';

/** What `createTestIssuer` takes: the options of the application's own `createWatchword`, and three more. */
export interface TestIssuerOptions extends Partial<
  Omit<WatchwordOptions, 'store' | 'relay' | 'secret' | 'formerSecret' | 'environment'>
> {
  /** `createFakeClock()`: time stands still at its time until `advance`. Default: the machine's clock, which `advance` sets ahead. */
  readonly clock?: FakeClock;
  /** What keys, ids and tokens are made from. Default: 1, so that they are the same in each run as far as the clock is. */
  readonly seed?: number;
  /**
   * Whether it answers at a free port of this machine, whose address is then the `issuer`: for verifiers in other services. Default:
   * `false`; mounting `auth` in an application under test needs none of this.
   */
  readonly serve?: boolean;
}

const TAKEN_CARE_OF = ['store', 'relay', 'secret', 'formerSecret', 'environment'];

export function checkTestOptions(options: TestIssuerOptions): void {
  if (readEnvironment('NODE_ENV') === 'production') {
    throw new ConfigurationError(
      '`createTestIssuer` signs in whomever it is told to, with keys that everybody can make again from the seed, and NODE_ENV is ' +
        '`production`: use `createWatchword` there, and another NODE_ENV for tests.',
    );
  }
  for (const name of TAKEN_CARE_OF) {
    if (Object.hasOwn(options, name))
      throw new ConfigurationError(`Leave \`${name}\` out: a test issuer has its own.`);
  }
  const { clock, seed = 1, serve = false, issuer } = options;
  if (clock !== undefined && typeof clock?.advance !== 'function') {
    throw new ConfigurationError('`clock` has to be what `createFakeClock()` gives.');
  }
  if (!Number.isSafeInteger(seed)) throw new ConfigurationError('`seed` has to be a whole number.');
  if (typeof serve !== 'boolean') throw new ConfigurationError('`serve` has to be `true` or `false`.');
  if (serve && issuer !== undefined) {
    throw new ConfigurationError(
      'Leave `issuer` out, or `serve`: what is served is called by its address, where verifiers look for it.',
    );
  }
}
