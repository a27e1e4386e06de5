import { ConfigurationError } from '../errors/watchword-error.ts';
import type { HttpFace } from '../http/index.ts';

/** What was handed in wrongly would be found at the first request only; `example` is how it is written. */
export function assertInstallation(auth: { readonly http: HttpFace }, example: string): void {
  if (typeof auth?.http?.handle === 'function') return;
  throw new ConfigurationError(`Hand in what \`createWatchword\` gave: \`${example}\`.`);
}
