import type { ServerResponse } from 'node:http';
import type { Watchword } from 'watchword';
import { answerProblem } from './answer-problem.ts';
import { cameOverHttp } from './proxy/forwarded-proto.ts';
import { textOf, type ReceivedRequest } from './receive-request.ts';

/** Asked by what watches the server, over plain HTTP and from nearby. */
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** Answers a request that must not go on, and says whether it did. */
export type HttpsRule = (request: ReceivedRequest, response: ServerResponse, path: string) => boolean;

/**
 * Where the issuer is https, what a trusted proxy says came over plain HTTP is sent to the issuer, whatever host it asked
 * for. What carried a body is refused instead: a redirect would hide that its secrets were sent in clear.
 * A request that comes without a proxy is answered: nobody says how it came, and a probe on the machine itself is one.
 */
export function createHttpsRule(auth: Watchword, issuer: string): HttpsRule {
  const { protocol, origin } = new URL(issuer);
  if (protocol !== 'https:') return () => false;
  return (request, response, path) => {
    if (!request.isFromProxy || !cameOverHttp(textOf(request, 'x-forwarded-proto'))) return false;
    if (PROBES.has(path)) return false;
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.writeHead(308, {
        location: `${origin}${pathAndQuery(request.url ?? '/')}`,
        'cache-control': 'no-store',
      });
      response.end();
    } else answerProblem(response, auth, 'ERR_HTTPS_REQUIRED');
    return true;
  };
}

/** Of the target, in which a proxy may have left an origin (RFC 9112 §3.2.2). Node takes none with anything but ASCII. */
function pathAndQuery(url: string): string {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return target.startsWith('/') ? target : `/${target}`;
}
