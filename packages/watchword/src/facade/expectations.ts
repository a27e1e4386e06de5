import { audienceList, scopeValues } from '../engine/sessions/session-input.ts';
import type { TokenExpectations, Verdict } from '../engine/tokens/verify.ts';
import type { VerifyOptions } from '../engine/tokens/verify-options.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import { ArgumentError, WatchwordError } from '../errors/watchword-error.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

export type { VerifyOptions } from '../engine/tokens/verify-options.ts';

export const VERIFY_NAMES: readonly (keyof VerifyOptions)[] = [
  'audience',
  'scope',
  'maxAgeSeconds',
  'maxStalenessMs',
];

/** What a call wants of a token, checked; it is named in what is refused. */
export type Expect = (where: string, options?: VerifyOptions) => TokenExpectations;

/** What the installation wants where a call says nothing. */
export type ExpectationDefaults = Pick<TokenExpectations, 'audience' | 'maxStalenessMs'>;

export function createExpect(defaults: ExpectationDefaults, names: readonly string[] = VERIFY_NAMES): Expect {
  const { audience, maxStalenessMs } = defaults;
  const usual: TokenExpectations = { audience, scope: [], maxAgeSeconds: undefined, maxStalenessMs };
  return (where, options) => {
    if (options === undefined) return usual;
    refuseUnknownOptions(where, options, names, ArgumentError);
    const wanted = audienceList(options.audience);
    // Copies: what was found to suit them is remembered.
    return {
      audience: wanted === undefined ? audience : [...wanted],
      scope: [...scopeValues(options.scope)],
      maxAgeSeconds: toNumber('maxAgeSeconds', options.maxAgeSeconds),
      maxStalenessMs: toNumber('maxStalenessMs', options.maxStalenessMs) ?? maxStalenessMs,
    };
  };
}

function toNumber(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value;
  throw new ArgumentError(`\`${name}\` has to be a number that is not negative.`);
}

export function verifiedOrThrow(verdict: Verdict): VerifiedToken {
  if (verdict.kind === 'verified') return verdict.token;
  throw new WatchwordError(verdict.code, { detail: verdict.detail });
}
