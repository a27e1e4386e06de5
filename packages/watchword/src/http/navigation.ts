import type { NeutralRequest } from './neutral.ts';
import { requestOrigin } from './origin.ts';
import type { HttpSettings } from './settings.ts';

/** What a browser is about to do with the answer to a request. */
export type Navigation =
  /** Show it as the page that the user has gone to. */
  | 'now'
  /** Keep it for a page that the user may go to. */
  | 'ahead'
  /** Something else: a frame, what script asks for, an image; or it is no browser, or a form of another origin. */
  | 'none';

/**
 * Fetch Metadata says what a request is for (W3C Fetch Metadata §2); browsers without it ask for HTML when they navigate. To look is
 * everybody's, also from a link on another site; what a form sends has to come from a page of ours.
 */
export function navigationOf(request: NeutralRequest, settings: HttpSettings): Navigation {
  if (isAheadOfUse(request)) return 'ahead';
  if (!isForDocument(request)) return 'none';
  if (request.method === 'GET') return 'now';
  const origin = requestOrigin(request, settings);
  return request.method === 'POST' && (origin === 'own' || origin === 'listed') ? 'now' : 'none';
}

/** `Sec-Purpose` says `prefetch` or `prefetch;prerender`; the others are what it was before. */
function isAheadOfUse(request: NeutralRequest): boolean {
  return ['sec-purpose', 'purpose', 'x-moz'].some((name) =>
    /^\s*prefetch\b/i.test(request.header(name) ?? ''),
  );
}

function isForDocument(request: NeutralRequest): boolean {
  const destination = request.header('sec-fetch-dest');
  if (destination !== undefined) return destination === 'document';
  // A browser that says where a request comes from says what it is for.
  if (request.header('sec-fetch-site') !== undefined) return false;
  return /(?:^|,)\s*text\/html\s*(?:[;,]|$)/i.test(request.header('accept') ?? '');
}
