import { renewedCookie } from './cookies/cookie-headers.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import type { GuardVerdict } from './authorize.ts';
import type { Guard } from './guard.ts';
import type { BodyReading, Header, NeutralRequest, NeutralResponse } from './neutral.ts';
import { streamConnect } from './stream-connect.ts';

/*
 * The request and response that Node's own server, Express and everything of their family share, described by shape, so
 * that `auth.require()` can be one function for all of them and no room here needs Node's types.
 */

export interface ConnectRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Where a mounted router has shortened `url`. */
  readonly originalUrl?: string;
  /** What a framework makes of the address and of the proxies that it was told to trust. */
  readonly ip?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined };
  readonly headers: Record<string, string | string[] | undefined>;
  auth?: VerifiedToken | undefined;
}

export interface ConnectResponse {
  statusCode: number;
  readonly headersSent?: boolean;
  getHeader(name: string): number | string | string[] | undefined;
  setHeader(name: string, value: string | readonly string[]): unknown;
  end(body?: string): unknown;
}

/** What else a response needs for an answer that is written while it is sent. */
export interface ConnectStreamResponse extends ConnectResponse {
  readonly writableLength: number;
  readonly destroyed: boolean;
  readonly req?: {
    readonly socket?: {
      readonly destroyed: boolean;
      on(event: 'close', listener: () => void): unknown;
      off(event: 'close', listener: () => void): unknown;
    };
  };
  flushHeaders(): void;
  write(bytes: Uint8Array): boolean;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

export type ConnectNext = (error?: unknown) => void;

/** A guard: it sets `request.auth` and goes on, or answers and does not. */
export type ConnectGuard = (request: ConnectRequest, response: ConnectResponse, next: ConnectNext) => void;

export function createConnectGuard(guard: Guard): ConnectGuard {
  return (request, response, next) => {
    const proceed = (verdict: GuardVerdict): void => {
      if (verdict.kind === 'refused') return sendConnect(verdict.response, response);
      if (verdict.cookies !== undefined) setCookies(verdict.cookies, request, response);
      setAuth(request, verdict.kind === 'anonymous' ? undefined : verdict.token);
      next();
    };
    const verdict = guard(headOfConnect(request));
    if (!(verdict instanceof Promise)) return proceed(verdict);
    // Who was answered meanwhile, by a time limit say, is not answered again.
    void verdict.then((judged) => (response.headersSent === true ? undefined : proceed(judged)));
  };
}

/** The cookies that a guard sets: no cache may keep them for somebody else, and the next guard has to see them. */
function setCookies(cookies: readonly Header[], request: ConnectRequest, response: ConnectResponse): void {
  appendCookies(cookies, response);
  response.setHeader('cache-control', 'no-store');
  request.headers['cookie'] = renewedCookie(headerOf(request, 'cookie'), cookies);
}

/** Makes `request.auth` the verified token, or nobody in particular, over whatever stood there. */
function setAuth(request: ConnectRequest, token: VerifiedToken | undefined): void {
  try {
    request.auth = token;
    if (request.auth === token) return;
  } catch {
    // Somebody's accessor cannot be set.
  }
  Object.defineProperty(request, 'auth', {
    value: token,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

export function fromConnect(
  request: ConnectRequest,
  readBody: (limitBytes: number) => Promise<BodyReading>,
): NeutralRequest {
  const url = urlOf(request);
  return {
    method: request.method ?? 'GET',
    path: pathOf(url),
    query: queryOf(url),
    remoteAddress: addressOf(request),
    header: (name) => headerOf(request, name),
    readBody,
  };
}

/** The same for a guard, which stands in front of every request and looks at headers. */
export function headOfConnect(request: ConnectRequest): NeutralRequest {
  return new ConnectHead(request);
}

/**
 * All but headers is found out when it is asked for: what frameworks make of addresses takes longer than all else. A class, because each
 * object literal with getters gets functions and a shape of its own, which nearly doubles what a request costs.
 */
class ConnectHead implements NeutralRequest {
  readonly method: string;
  readonly readBody = noBody;
  readonly #request: ConnectRequest;

  constructor(request: ConnectRequest) {
    this.method = request.method ?? 'GET';
    this.#request = request;
  }

  get path(): string {
    return pathOfConnect(this.#request);
  }

  get query(): string {
    return queryOf(urlOf(this.#request));
  }

  get remoteAddress(): string | undefined {
    return addressOf(this.#request);
  }

  header(name: string): string | undefined {
    return headerOf(this.#request, name);
  }
}

/** For whoever asks first whether a request is ours at all. */
export function pathOfConnect(request: ConnectRequest): string {
  return pathOf(urlOf(request));
}

function urlOf({ originalUrl, url }: ConnectRequest): string {
  return originalUrl ?? url ?? '/';
}

function addressOf(request: ConnectRequest): string | undefined {
  return request.ip ?? request.socket?.remoteAddress;
}

function headerOf({ headers }: ConnectRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Without query and without the origin that a proxy's request line carries (RFC 9112 §3.2.2). */
function pathOf(url: string): string {
  const target = url.startsWith('/') ? url : URL.canParse(url) ? new URL(url).pathname : '/';
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
}

function queryOf(url: string): string {
  const [target = ''] = url.split('#', 1);
  const start = target.indexOf('?');
  return start < 0 ? '' : target.slice(start + 1);
}

export function sendConnect({ status, headers, body }: NeutralResponse, response: ConnectResponse): void {
  sendHead(status, headers, response);
  response.end(body);
}

/** The same for answers of which some are streams. */
export function sendConnectStream(answer: NeutralResponse, response: ConnectStreamResponse): void {
  const { status, headers, stream } = answer;
  if (stream === undefined) return sendConnect(answer, response);
  sendHead(status, headers, response);
  streamConnect(stream, response);
}

/** Browsers take it from whichever answer came last (RFC 6797 §8.1): what the application says of its host, it says here too. */
export const HSTS = 'strict-transport-security';

function sendHead(status: number, headers: readonly Header[], response: ConnectResponse): void {
  response.statusCode = status;
  const isCookie = ([name]: Header): boolean => name === 'set-cookie';
  for (const [name, value] of headers.filter((header) => !isCookie(header))) {
    if (name !== HSTS || response.getHeader(HSTS) === undefined) response.setHeader(name, value);
  }
  appendCookies(headers.filter(isCookie), response);
}

/** Adds `set-cookie` headers to those that the application has set already. */
export function appendCookies(cookies: readonly Header[], response: ConnectResponse): void {
  if (cookies.length === 0) return;
  const present = response.getHeader('set-cookie') ?? [];
  const earlier = Array.isArray(present) ? present : [String(present)];
  response.setHeader('set-cookie', [...earlier, ...cookies.map(([, value]) => value)]);
}

/** For requests of which only the headers are looked at. */
export const noBody = async (): Promise<BodyReading> => ({ kind: 'aborted' });
