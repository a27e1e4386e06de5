import type { Header, NeutralResponse } from './neutral.ts';
import type { HttpSettings } from './settings.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Nothing that is answered here is a page: no script, no frame, no sniffing, no cache. */
const SECURITY_HEADERS: readonly Header[] = [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
];

const HSTS: Header = ['strict-transport-security', 'max-age=63072000'];

const NO_STORE: Header = ['cache-control', 'no-store'];

const OVER_HTTP = [NO_STORE, ...SECURITY_HEADERS];
const OVER_HTTPS = [...OVER_HTTP, HSTS];

export function respondJson(
  status: number,
  value: unknown,
  headers: readonly Header[] = [],
): NeutralResponse {
  return { status, headers: [['content-type', JSON_TYPE], ...headers], body: JSON.stringify(value) };
}

/** The headers of what everybody may read and keep for a while. */
export function publicDocument(maxAgeSeconds: number): readonly Header[] {
  return [
    ['cache-control', `public, max-age=${maxAgeSeconds}`],
    ['access-control-allow-origin', '*'],
    ['cross-origin-resource-policy', 'cross-origin'],
  ];
}

export function respondEmpty(headers: readonly Header[] = []): NeutralResponse {
  return { status: 204, headers, body: '' };
}

/** Adds what every response carries, unless the handler said otherwise. */
export function withStandardHeaders(response: NeutralResponse, { https }: HttpSettings): NeutralResponse {
  const { headers } = response;
  const isMissing = ([name]: Header): boolean => !headers.some(([present]) => present === name);
  return { ...response, headers: [...headers, ...(https ? OVER_HTTPS : OVER_HTTP).filter(isMissing)] };
}
