/** Takes Fastify's request as well as Node's. */
export function describeRequest(request: unknown): RequestDescription {
  const id = textOf(member(request, 'id'));
  const method = textOf(member(request, 'method'));
  const url = textOf(member(request, 'url'));
  const remoteAddress =
    textOf(member(request, 'ip')) ??
    textOf(member(request, 'remoteAddress')) ??
    textOf(member(member(request, 'socket'), 'remoteAddress'));
  return {
    ...(id === undefined ? {} : { id }),
    ...(method === undefined ? {} : { method }),
    ...(url === undefined ? {} : { path: pathOf(url) }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
}

/** Takes Fastify's reply as well as Node's response. */
export function describeResponse(response: unknown): ResponseDescription {
  const statusCode = member(response, 'statusCode');
  return typeof statusCode === 'number' ? { statusCode } : {};
}

/** What is logged of a request: never its headers, its body or its query. */
export interface RequestDescription {
  readonly id?: string;
  readonly method?: string;
  readonly path?: string;
  readonly remoteAddress?: string;
}

/** What is logged of a response, beside the duration that Fastify adds to the line as `responseTime`, in milliseconds. */
export interface ResponseDescription {
  readonly statusCode?: number;
}

const LONGEST_PATH = 512;

/** The target of a request without its query; of the absolute form (RFC 9112 §3.2.2) not even the authority. */
function pathOf(url: string): string {
  const [target = ''] = url.split(/[?#]/, 1);
  const path = target.replace(/^[a-z][a-z0-9+.-]{0,20}:\/\/[^/]*/i, '') || '/';
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
