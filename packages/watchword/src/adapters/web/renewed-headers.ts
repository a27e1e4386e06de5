import { renewedCookie } from '../../http/index.ts';

/**
 * The headers of a request as the browser will send them once it has the answer's: for what is rendered behind a proxy or middleware that
 * renews, in the same request.
 */
export function renewedHeaders(
  request: Request,
  answer: Iterable<readonly [name: string, value: string]>,
): Headers {
  const headers = new Headers(request.headers);
  const cookie = renewedCookie(request.headers.get('cookie') ?? undefined, answer);
  if (cookie !== undefined) headers.set('cookie', cookie);
  return headers;
}
