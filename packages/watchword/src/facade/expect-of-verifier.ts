import type { TokenExpectations } from '../engine/tokens/verify.ts';
import { ArgumentError } from '../errors/watchword-error.ts';
import { createExpect, type VerifyOptions } from './expectations.ts';
import type { WhenStale } from './feed-options.ts';
import { assertStaleAnswer, type CheckedVerifierOptions } from './verifier-options.ts';

/** What a route wants of a token. */
export interface VerifierExpectations extends VerifyOptions {
  /** What to do beyond `maxStalenessMs`. Default: what the verifier was made with. */
  readonly whenStale?: WhenStale;
}

const NAMES: readonly (keyof VerifierExpectations)[] = ['audience', 'scope', 'maxAgeSeconds'];
/** Where nothing is followed, nothing is stale. */
const NAMES_WITH_FEED: readonly (keyof VerifierExpectations)[] = [...NAMES, 'maxStalenessMs', 'whenStale'];

/** What a call wants, checked. */
export interface Wanted {
  readonly expected: TokenExpectations;
  readonly whenStale: WhenStale;
}

export function createWant(
  checked: CheckedVerifierOptions,
): (where: string, options?: VerifierExpectations) => Wanted {
  const { audience, hasFeed, whenStale: usually } = checked;
  const maxStalenessMs = hasFeed ? checked.maxStalenessMs : Number.POSITIVE_INFINITY;
  const expect = createExpect({ audience, maxStalenessMs }, hasFeed ? NAMES_WITH_FEED : NAMES);
  const usual = { expected: expect(''), whenStale: usually };
  return (where, options) => {
    if (options === undefined) return usual;
    const expected = expect(where, options);
    const { whenStale = usually } = options;
    if (whenStale !== usually) assertStaleAnswer(whenStale, ArgumentError);
    return { expected, whenStale };
  };
}
