import type { Header, NeutralRequest, NeutralResponse } from './neutral.ts';
import type { HttpSettings } from './settings.ts';

/*
 * CORS (Fetch, §3.2) for pages of listed origins. An origin is listed if it is the same text; all others, and `null`, get
 * no header of it, so that browsers keep the answers from them.
 */

const MAX_AGE_SECONDS = 600;

const PREFLIGHT: readonly Header[] = [
  ['access-control-allow-methods', 'GET, HEAD, POST, DELETE'],
  ['access-control-allow-headers', 'content-type, authorization, x-ww-csrf'],
  ['access-control-max-age', String(MAX_AGE_SECONDS)],
];

const EXPOSED: Header = ['access-control-expose-headers', 'x-request-id, retry-after, www-authenticate'];

/** Answers the question that a browser asks before a listed page's request; the route itself answers all others. */
export function answerPreflight(
  request: NeutralRequest,
  settings: HttpSettings,
): NeutralResponse | undefined {
  if (request.method !== 'OPTIONS' || listedOrigin(request, settings) === undefined) return undefined;
  if (request.header('access-control-request-method') === undefined) return undefined;
  return { status: 204, headers: PREFLIGHT, body: '' };
}

/** Lets a listed origin's page read the answer, unless everybody may. */
export function withCors(
  response: NeutralResponse,
  request: NeutralRequest,
  settings: HttpSettings,
): NeutralResponse {
  if (settings.origins.length === 0 || response.headers.some(isForEverybody)) return response;
  const headers = [...response.headers, ['vary', 'Origin'] as const];
  const origin = listedOrigin(request, settings);
  if (origin !== undefined) {
    headers.push(
      ['access-control-allow-origin', origin],
      ['access-control-allow-credentials', 'true'],
      EXPOSED,
    );
  }
  return { ...response, headers };
}

function listedOrigin(request: NeutralRequest, { origins }: HttpSettings): string | undefined {
  const origin = request.header('origin');
  return origin !== undefined && origins.includes(origin) ? origin : undefined;
}

function isForEverybody([name]: Header): boolean {
  return name === 'access-control-allow-origin';
}
