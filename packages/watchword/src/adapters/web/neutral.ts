import type { BodyReading, NeutralRequest, NeutralResponse } from '../../http/index.ts';
import { streamWeb } from './stream-web.ts';

/** What a `Request` does not say. */
export interface RequestInfo {
  /** The client's address, as far as whoever calls knows it: behind proxies, what those say that are trusted. Default: unknown. */
  readonly address?: string | undefined;
}

export function fromWeb(
  request: Request,
  { address }: RequestInfo,
  readBody: (limitBytes: number) => Promise<BodyReading>,
): NeutralRequest {
  // Guards do not ask for it, and stand in front of every route.
  let url: URL | undefined;
  const parsed = (): URL => (url ??= new URL(request.url));
  return {
    method: request.method,
    get path() {
      return PLAIN_PATH.exec(request.url)?.[1] ?? parsed().pathname;
    },
    get query() {
      return parsed().search.slice(1);
    },
    remoteAddress: address,
    header: (name) => request.headers.get(name) ?? undefined,
    readBody,
  };
}

/** A path in which a parser of URLs would change nothing. */
const PLAIN_PATH = /^https?:\/\/[\w.:[\]-]+(\/[\w/-]*)(?:$|\?)/;

export function toWeb({ status, headers, body, stream }: NeutralResponse, request: Request): Response {
  const own = new Headers();
  for (const [name, value] of headers) own.append(name, value);
  return new Response(contentOf(body, stream, request), { status, headers: own });
}

/** RFC 9110 §9.3.2 and §15.3.5: an answer to HEAD has no content, and neither has a 204. */
export function contentOf(
  body: string,
  stream: NeutralResponse['stream'],
  request: Request,
): string | ReadableStream<Uint8Array> | null {
  if (request.method === 'HEAD') return null;
  if (stream !== undefined) return streamWeb(stream, request.signal);
  return body === '' ? null : body;
}
