import { ConfigurationError } from '../../errors/watchword-error.ts';
import { refuseUnknownOptions } from '../unknown-options.ts';

/** The directives of the policy to which an application may add. */
const EXTENSIBLE = [
  'connect-src',
  'font-src',
  'form-action',
  'frame-src',
  'img-src',
  'media-src',
  'script-src',
  'style-src',
  'worker-src',
] as const;

export type ExtensibleDirective = (typeof EXTENSIBLE)[number];

export type AllowedSources = Readonly<Partial<Record<ExtensibleDirective, readonly string[]>>>;

/** What shows something and runs nothing may come out of the page itself. */
const INLINE_SOURCES: Readonly<Record<string, readonly string[]>> = {
  'font-src': ['data:'],
  'img-src': ['data:', 'blob:'],
  'media-src': ['data:', 'blob:'],
  'worker-src': ['blob:'],
};

const HASH = /^'sha(?:256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}'$/;
/** A host with at most one wildcard, as the first label of three: never a whole top-level domain. */
const HOST = String.raw`(?:\*\.[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::\d{1,5})?(?:\/[\w.~/%-]*)?$`;
const ADDRESS = new RegExp(`^(?:https|wss)://${HOST}`);
const PLAIN_ADDRESS = new RegExp(`^(?:http|ws)://${HOST}`);

/** Checks what is added to the policy: addresses, hashes, and for what only shows something `data:` and `blob:`. */
export function checkSources(
  allow: unknown,
  { https, withNonces }: { readonly https: boolean; readonly withNonces: boolean },
): AllowedSources {
  if (allow === undefined) return {};
  refuseUnknownOptions('allow', allow, EXTENSIBLE);
  for (const [directive, sources] of Object.entries(allow as object)) {
    if (!Array.isArray(sources)) {
      throw new ConfigurationError(`\`allow["${directive}"]\` has to be an array of sources.`);
    }
    for (const source of sources) {
      if (typeof source !== 'string' || !isSource(directive, source, https)) throw refused(directive);
      if (withNonces && directive === 'script-src' && !HASH.test(source)) throw ignoredByBrowsers();
    }
  }
  return allow as AllowedSources;
}

function isSource(directive: string, source: string, https: boolean): boolean {
  if (ADDRESS.test(source) || (!https && PLAIN_ADDRESS.test(source))) return true;
  if (directive === 'script-src' || directive === 'style-src') return HASH.test(source);
  return INLINE_SOURCES[directive]?.includes(source) ?? false;
}

function refused(directive: string): ConfigurationError {
  const further = INLINE_SOURCES[directive]?.map((one) => ` or \`${one}\``).join('') ?? '';
  return new ConfigurationError(
    `Each source in \`allow["${directive}"]\` has to be an address such as \`https://cdn.example\`${further}, without what lets ` +
      "everything in: `*`, `https:`, `data:` for scripts, `'unsafe-inline'` and `'unsafe-eval'` are not possible.",
  );
}

function ignoredByBrowsers(): ConfigurationError {
  return new ConfigurationError(
    'Where scripts carry nonces, browsers ignore addresses in `allow["script-src"]`: give the script element the nonce, or write ' +
      'its hash.',
  );
}
