/** Where the server is, and how its cookies are called. */
export interface Place {
  /** Ends with a slash. */
  readonly base: URL;
  readonly cookiePrefix: string;
}

/** A request to our own server. */
export interface OwnRequest {
  readonly signal: AbortSignal | null | undefined;
  /** Whether it can be sent a second time: a stream cannot. */
  readonly isReplayable: boolean;
  /** Whether it may have changed who is signed in. */
  readonly isAboutSession: boolean;
  send(): Promise<Response>;
}

/** Gives `undefined` for requests that are none of ours: to other origins, without cookies, with a credential of their own. */
export function ownRequest(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  place: Place,
): OwnRequest | undefined {
  const { base } = place;
  const request = input instanceof Request ? input : undefined;
  const url = new URL(input instanceof Request ? input.url : input, document.baseURI);
  const headers = new Headers(init?.headers ?? request?.headers);
  const credentials = init?.credentials ?? request?.credentials;
  if (url.origin !== base.origin || credentials === 'omit' || headers.has('authorization')) return undefined;
  const isUnsafe = !/^(?:GET|HEAD|OPTIONS)$/i.test(init?.method ?? request?.method ?? 'GET');
  return {
    signal: init?.signal ?? request?.signal,
    isReplayable: !(init?.body instanceof ReadableStream),
    isAboutSession: isUnsafe && url.href.startsWith(`${base.href}auth/`),
    send() {
      // Read each time: a renewal or a sign-in may have changed it.
      if (isUnsafe) addCsrfToken(headers, place);
      return fetch(request?.clone() ?? input, { ...init, headers, ...withCookies(base, init) });
    },
  };
}

/** Our own origin's requests have cookies by default, and its cookies are the only ones that can be read here. */
function withCookies({ origin }: URL, init: RequestInit | undefined): RequestInit {
  return origin === location.origin || init?.credentials !== undefined ? {} : { credentials: 'include' };
}

/** The double-submit token, where the server has set one that script can read. */
export function addCsrfToken(headers: Headers, { base, cookiePrefix }: Place): void {
  if (base.origin !== location.origin) return;
  const start = `__Host-${cookiePrefix}_csrf=`;
  const pair = document.cookie.split('; ').find((each) => each.startsWith(start));
  if (pair !== undefined) headers.set('x-ww-csrf', pair.slice(start.length));
}
