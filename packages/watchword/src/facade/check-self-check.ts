import { ConfigurationError } from '../errors/watchword-error.ts';
import type { SelfCheckOptions } from './options.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

const NAMES: readonly (keyof SelfCheckOptions)[] = ['pages'];
const MAX_PAGES = 10;

/** The paths of pages to look at. */
export function checkSelfCheck(options: SelfCheckOptions = {}): readonly string[] {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigurationError("`selfCheck` has to be an object such as `{ pages: ['/'] }`.");
  }
  refuseUnknownOptions('selfCheck', options, NAMES);
  const pages: unknown = options.pages ?? ['/'];
  if (!Array.isArray(pages) || pages.length > MAX_PAGES || !pages.every(isPath)) {
    throw new ConfigurationError(
      `\`selfCheck.pages\` has to be an array of at most ${MAX_PAGES} paths of this application, such as \`['/', '/login']\`.`,
    );
  }
  return pages;
}

/** It is put behind our own origin: nothing of it may make another host of that. */
function isPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/[\w./~%-]*$/.test(value) && !value.startsWith('//');
}
