import { cookiePairs } from './cookies.ts';
import type { Header, NeutralRequest } from '../neutral.ts';

/** The request as the browser will send it once it has these cookies. */
export function withCookies(request: NeutralRequest, cookies: readonly Header[]): NeutralRequest {
  const setCookies = cookies.map(([, value]) => value);
  const cookie = cookiesAfter(request.header('cookie'), setCookies);
  const { method, path, query = '', remoteAddress } = request;
  return {
    method,
    path,
    query,
    remoteAddress,
    header: (name) => (name === 'cookie' ? cookie : request.header(name)),
    readBody: (limitBytes) => request.readBody(limitBytes),
  };
}

/** What a `Cookie` header becomes by `Set-Cookie` headers of ours. */
export function cookiesAfter(header: string | undefined, setCookies: readonly string[]): string {
  const kept = new Map<string, readonly string[]>();
  for (const pair of cookiePairs(header).filter((each) => each !== '')) {
    const name = nameOf(pair);
    kept.set(name, [...(kept.get(name) ?? []), pair]);
  }
  for (const setCookie of setCookies) {
    const [pair = ''] = setCookie.split(';', 1);
    if (/;\s*max-age=0(?:;|$)/i.test(setCookie)) kept.delete(nameOf(pair));
    else kept.set(nameOf(pair), [pair]);
  }
  return [...kept.values()].flat().join('; ');
}

function nameOf(pair: string): string {
  const end = pair.indexOf('=');
  return end < 0 ? pair : pair.slice(0, end);
}
