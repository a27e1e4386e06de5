import { ConfigurationError } from '../errors/watchword-error.ts';

/** The URL that an issuer is known by: https, or http on this machine, and nothing that a parser would forgive. */
export function checkIssuer(issuer: unknown): URL {
  const example = 'for example `https://app.example`, or `http://localhost:3000` while developing';
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) {
    throw new ConfigurationError(
      `\`issuer\` has to be the URL that the application is reached at: ${example}.`,
    );
  }
  // What a URL parser forgives would stand in every token as it was written.
  if (!/^https?:\/\/[^\s\\/?#@]+(?:\/[^\s\\?#]*)?$/i.test(issuer)) {
    throw new ConfigurationError(
      `\`issuer\` begins with https:// and has no query, fragment, credentials or white space: ${example}.`,
    );
  }
  const url = new URL(issuer);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new ConfigurationError(`\`issuer\` has to be an https URL, except on localhost: ${example}.`);
  }
  return url;
}

/** A name of this machine: what is sent there passes no wire. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127(?:\.\d+){3}$|^\[::1\]$/.test(hostname)
  );
}

/** Whether something may be fetched from there: over https, or from this machine. */
export function isFetchable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export function checkAudience(audience: unknown): readonly string[] | undefined {
  if (audience === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (list.length > 0 && list.every(isText)) return list;
  throw new ConfigurationError('`audience` has to be a string or an array of strings that is not empty.');
}
