import type { BodyReading, NeutralRequest, NeutralResponse } from '../../http/index.ts';
import { streamWeb } from './stream-web.ts';

/** What a `Request` does not say. */
export interface RequestInfo {
  /** The client's address, as far as whoever calls knows it: behind proxies, what those say that are trusted. Default: unknown. */
  readonly address?: string | undefined;
}

export function fromWeb(
  request: Request,
  info: RequestInfo,
  readIt: (limitBytes: number) => Promise<BodyReading>,
): NeutralRequest {
  return new WebRequest(request, info.address, readIt);
}

/** A class: an object literal with getters would get functions and a shape of its own at each request. */
class WebRequest implements NeutralRequest {
  readonly method: string;
  readonly remoteAddress: string | undefined;
  readonly readBody: NeutralRequest['readBody'];
  readonly #request: Request;

  constructor(request: Request, address: string | undefined, readIt: NeutralRequest['readBody']) {
    this.method = request.method;
    this.remoteAddress = address;
    this.readBody = readIt;
    this.#request = request;
  }

  get path(): string {
    return pathOfWeb(this.#request);
  }

  get query(): string {
    return new URL(this.#request.url).search.slice(1);
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }
}

/** For whoever asks first whether a request is ours at all. */
export function pathOfWeb({ url }: Request): string {
  return PLAIN_PATH.exec(url)?.[1] ?? new URL(url).pathname;
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
