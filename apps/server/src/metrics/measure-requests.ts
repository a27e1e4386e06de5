import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Histogram, type Registry } from '@prometheus-io/client';
import { OTHER, type FindTemplate } from './route-templates.ts';

/** From a lookup in memory to a password hash that waited for its turn. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Series {
  observe(seconds: number): void;
}

/** It lasts for as long as its reader likes. */
function isStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}

/** Counts each request that the server takes, and how long its answer took, by route, method and class of status. */
export function measureRequests(server: Server, registry: Registry, findTemplate: FindTemplate): void {
  const histogram = new Histogram({
    name: 'watchword_http_request_duration_seconds',
    help: 'How long requests took, by route, method and class of status; `aborted` where the client went away.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  /** Looked up once for each combination: a refresh is measured in a microsecond. */
  const known = new Map<string, Series>();

  function seriesOf(request: IncomingMessage, response: ServerResponse): Series {
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    const route = findTemplate(query < 0 ? url : url.slice(0, query));
    const method = METHODS.has(request.method ?? '') ? (request.method ?? '') : OTHER;
    const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'aborted';
    const key = `${method} ${status} ${route}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const series = histogram.labels({ route, method, status });
    known.set(key, series);
    return series;
  }

  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const begunMs = performance.now();
    response.once('close', () => {
      if (isStream(response)) return;
      seriesOf(request, response).observe((performance.now() - begunMs) / 1000);
    });
  });
}
