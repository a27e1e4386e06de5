import { ConfigurationError } from '../errors/watchword-error.ts';
import type { HttpSettings } from '../http/index.ts';
import type { CookieOptions } from './options.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

const COOKIE_OPTION_NAMES: readonly (keyof CookieOptions)[] = [
  'prefix',
  'formerPrefixes',
  'sameSite',
  'partitioned',
];

const PREFIX = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;
/** Each one is looked for in every request. */
const MAX_FORMER_PREFIXES = 4;

export function checkCookies(
  cookies: CookieOptions = {},
): Pick<HttpSettings, 'cookiePrefix' | 'formerCookiePrefixes' | 'sameSite' | 'partitioned'> {
  if (typeof cookies !== 'object' || cookies === null || Array.isArray(cookies)) {
    throw new ConfigurationError("`cookies` has to be an object such as `{ prefix: 'billing' }`.");
  }
  refuseUnknownOptions('cookies', cookies, COOKIE_OPTION_NAMES);
  const { prefix = 'ww', partitioned = false } = cookies;
  if (!isPrefix(prefix)) {
    throw new ConfigurationError(
      '`cookies.prefix` has 1 to 32 letters, digits, `-` and `_`, and begins with none of the last two; `__Host-` is put before it.',
    );
  }
  if (typeof partitioned !== 'boolean') {
    throw new ConfigurationError('`cookies.partitioned` has to be `true` or `false`.');
  }
  return {
    cookiePrefix: prefix,
    formerCookiePrefixes: checkFormerPrefixes(cookies.formerPrefixes, prefix),
    sameSite: checkSameSite(cookies.sameSite, partitioned),
    partitioned,
  };
}

function isPrefix(value: unknown): value is string {
  return typeof value === 'string' && PREFIX.test(value);
}

function checkFormerPrefixes(value: unknown = [], prefix: string): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_FORMER_PREFIXES || !value.every(isPrefix)) {
    throw new ConfigurationError(
      `\`cookies.formerPrefixes\` has to be an array of at most ${MAX_FORMER_PREFIXES} prefixes that cookies had before, such as ` +
        "`['ww']`.",
    );
  }
  if (value.includes(prefix) || new Set(value).size < value.length) {
    throw new ConfigurationError(
      '`cookies.formerPrefixes` names each prefix once, and not the one that `cookies.prefix` says.',
    );
  }
  return value;
}

function checkSameSite(value: unknown, partitioned: boolean): HttpSettings['sameSite'] {
  if (value !== undefined && value !== 'lax' && value !== 'strict') {
    throw new ConfigurationError(
      '`cookies.sameSite` has to be one of `lax`, `strict`. `none` is not among them, for it lets every site send the cookies; ' +
        'for an application in frames of other sites say `partitioned: true`.',
    );
  }
  if (partitioned && value !== undefined) {
    throw new ConfigurationError(
      'Leave out `cookies.sameSite` where `cookies.partitioned` is `true`: frames of other sites get such cookies with ' +
        '`SameSite=None` only, and that is what is set.',
    );
  }
  if (partitioned) return 'None';
  return value === 'strict' ? 'Strict' : 'Lax';
}
