import { cookiesAfter } from '../../http/index.ts';

/**
 * The headers of a request as the browser will send them once it has the answer's: for what is rendered behind a proxy or middleware that
 * renews, in the same request.
 */
export function renewedHeaders(
  request: Request,
  answer: Iterable<readonly [name: string, value: string]>,
): Headers {
  const headers = new Headers(request.headers);
  const setCookies = [...answer].filter(([name]) => name.toLowerCase() === 'set-cookie');
  if (setCookies.length === 0) return headers;
  const cookies = cookiesAfter(
    request.headers.get('cookie') ?? undefined,
    setCookies.map(([, value]) => value),
  );
  headers.set('cookie', cookies);
  return headers;
}
