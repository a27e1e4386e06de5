import { ArgumentError } from '../errors/watchword-error.ts';
import type { AdapterFace, GuardOptions, HttpFace } from '../http/index.ts';
import { createExpect, VERIFY_NAMES, type ExpectationDefaults } from './expectations.ts';
import { START_NAMES } from './present-sessions.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

const GUARD_NAMES: readonly (keyof GuardOptions)[] = [...VERIFY_NAMES, 'optional', 'renew'];

/** The HTTP side as adapters see it: what their callers hand in is checked here. */
export function presentHttp(http: HttpFace, defaults: ExpectationDefaults): AdapterFace {
  const expect = createExpect(defaults);
  const expectOfGuard = createExpect(defaults, GUARD_NAMES);
  return {
    ...http,
    async startCookieSession(request, input) {
      refuseUnknownOptions('signIn', input, START_NAMES, ArgumentError);
      return http.startCookieSession(request, input);
    },
    guard(where, options) {
      const expected = expectOfGuard(where, options);
      const optional = isSaid('optional', options);
      if (isSaid('renew', options)) return (request) => http.authorizePage(request, { expected, optional });
      return optional
        ? (request) => http.authorizeIfPresent(request, expected)
        : (request) => http.authorize(request, expected);
    },
    handshakeGuard(where, options) {
      const expected = expect(where, options);
      return (request) => http.authorizeHandshake(request, expected);
    },
  };
}

function isSaid(name: 'optional' | 'renew', options: GuardOptions | undefined): boolean {
  const said: unknown = options?.[name] ?? false;
  if (typeof said !== 'boolean') throw new ArgumentError(`\`${name}\` has to be \`true\` or \`false\`.`);
  return said;
}
