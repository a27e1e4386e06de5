import { ConfigurationError } from '../errors/watchword-error.ts';
import { isLoopback } from './check-issuer.ts';

/** The origins whose pages may sign in and read answers: each exactly as browsers write it in `Origin`. */
export function checkOrigins(origins: unknown): readonly string[] {
  if (!Array.isArray(origins)) throw new ConfigurationError('`origins` has to be an array of origins.');
  return origins.map(checkOrigin);
}

function checkOrigin(origin: unknown): string {
  if (
    typeof origin !== 'string' ||
    !URL.canParse(origin) ||
    new URL(origin).origin !== origin ||
    origin.includes('*')
  ) {
    throw new ConfigurationError(
      'Each of `origins` has to be an exact origin without a path or a final slash, such as `https://admin.example`; ' +
        '`*` and `null` are not possible.',
    );
  }
  const { protocol, hostname } = new URL(origin);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
    throw new ConfigurationError(
      'Each of `origins` has to begin with https://, except on localhost: a page that came over plain HTTP can be ' +
        'anybody’s on the way.',
    );
  }
  return origin;
}
