import { ConfigurationError } from '../errors/watchword-error.ts';
import { isLoopback } from './check-issuer.ts';

interface Place {
  readonly production: boolean;
  /** Whether the application itself is reached over HTTPS. */
  readonly https: boolean;
}

/** Each is looked for in every request of a page from elsewhere. */
const MAX_ORIGINS = 100;

/** The origins whose pages may sign in and read answers: each exactly as browsers write it in `Origin`. */
export function checkOrigins(origins: unknown, place: Place): readonly string[] {
  if (!Array.isArray(origins)) throw new ConfigurationError(`${wrongList(origins)} ${EXAMPLE}`);
  if (origins.length > MAX_ORIGINS) {
    throw new ConfigurationError(
      `\`origins\` lists ${MAX_ORIGINS} origins at most. Pages of so many are nobody's own: let them use tokens of their own.`,
    );
  }
  const list: readonly unknown[] = origins;
  return list.map((origin, index) => {
    const fault = faultOf(origin, place);
    if (fault !== undefined) throw new ConfigurationError(fault);
    if (list.indexOf(origin) !== index) {
      throw new ConfigurationError(`\`origins\` lists ${String(origin)} twice.`);
    }
    return origin as string;
  });
}

const EXAMPLE = 'List each origin exactly, such as `https://admin.example`.';

function wrongList(value: unknown): string {
  if (value === '*') return `${EVERYBODY} It is an array.`;
  if (isPattern(value)) return PATTERN;
  return typeof value === 'boolean' || typeof value === 'function'
    ? '`origins` has to be an array: to answer whichever origin asks, with credentials, makes every site your own.'
    : '`origins` has to be an array of origins.';
}

const EVERYBODY =
  '`origins` cannot be `*`: that is every site there is, and these answers are for whoever is signed in.';
const PATTERN =
  '`origins` takes no patterns: what an expression lets through by mistake is somebody’s domain.';

function isPattern(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

/** What is wrong with one of the list, in a sentence; `undefined` if it is right. */
function faultOf(origin: unknown, place: Place): string | undefined {
  if (isPattern(origin)) return `${PATTERN} ${EXAMPLE}`;
  if (typeof origin !== 'string') return `Each of \`origins\` has to be a text. ${EXAMPLE}`;
  if (origin === '*') return `${EVERYBODY} ${EXAMPLE}`;
  if (origin === 'null') {
    return `\`null\` cannot be listed in \`origins\`: every sandboxed frame and every file says so of itself. ${EXAMPLE}`;
  }
  if (origin.includes('*')) return `${PATTERN} ${EXAMPLE}`;
  if (!URL.canParse(origin)) {
    return `\`origins\` lists ${JSON.stringify(origin)}, which is no origin: it lacks https://, or more. ${EXAMPLE}`;
  }
  return faultOfUrl(origin, new URL(origin), place);
}

function faultOfUrl(origin: string, url: URL, place: Place): string | undefined {
  if (url.username !== '' || url.password !== '')
    return `Nobody’s user name or password belongs in \`origins\`. ${EXAMPLE}`;
  if (!/^https?:$/.test(url.protocol)) {
    return `\`origins\` lists ${JSON.stringify(origin)}, which is no origin of a page on the web. ${EXAMPLE}`;
  }
  if (url.origin !== origin) {
    return `\`origins\` lists ${JSON.stringify(origin)}; browsers write that as \`${url.origin}\`, without path and final slash. Write it so.`;
  }
  if (url.protocol === 'https:') return undefined;
  if (!isLoopback(url.hostname)) {
    return (
      `\`origins\` lists ${origin}; each has to begin with https://, except on localhost: a page that came over plain HTTP can ` +
      'be anybody’s on the way.'
    );
  }
  return place.production && place.https
    ? `\`origins\` lists ${origin}, which in production is whatever runs on the machine of a user. List it while developing only.`
    : undefined;
}
