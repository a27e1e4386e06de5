import type { NeutralRequest } from './neutral.ts';
import type { HttpSettings } from './settings.ts';

/** Where a request says that it comes from; browsers say so in headers that script cannot set. */
export type RequestOrigin =
  /** A page of the application's own origin. */
  | 'own'
  /** A page of an origin that the configuration lists. */
  | 'listed'
  /** A page of another origin, be it of the same site; or a navigation that no page began. */
  | 'foreign'
  /** Neither Fetch Metadata nor Origin: a program that is no browser, or a very old one. */
  | 'unstated';

/** Fetch Metadata decides where it is there, Origin (RFC 6454 §7) where it is not. */
export function requestOrigin(request: NeutralRequest, settings: HttpSettings): RequestOrigin {
  const site = request.header('sec-fetch-site');
  const origin = request.header('origin');
  if (site === undefined && origin === undefined) return 'unstated';
  if (site === 'same-origin') return 'own';
  if (origin !== undefined && settings.origins.includes(origin)) return 'listed';
  return site === undefined && origin === settings.ownOrigin ? 'own' : 'foreign';
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** RFC 9110 §9.2.1. */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}
