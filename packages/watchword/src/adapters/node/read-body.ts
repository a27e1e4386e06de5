import type { IncomingMessage } from 'node:http';
import type { BodyReading } from '../../http/index.ts';

/** Reads at most `limitBytes` of a request's body; what a parser has read before is taken from `body`. */
export function readBody(
  request: IncomingMessage & { readonly body?: unknown },
  limitBytes: number,
): Promise<BodyReading> {
  if (request.readableEnded) {
    return Promise.resolve(readAlready(request.body));
  }
  if (hasNoBody(request)) return Promise.resolve({ kind: 'bytes', bytes: new Uint8Array() });
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    request.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      if (length > limitBytes) {
        resolve({ kind: 'too_large' });
        chunks.length = 0;
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve({ kind: 'bytes', bytes: Buffer.concat(chunks) }));
    request.on('close', () => resolve({ kind: 'aborted' }));
    request.on('error', () => resolve({ kind: 'aborted' }));
  });
}

/** RFC 9112 §6.3: an HTTP/1 request that announces no body has none. */
function hasNoBody({ headers, httpVersionMajor }: IncomingMessage): boolean {
  return (
    httpVersionMajor === 1 &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) === 0
  );
}

/** What a parser of the application made of the body: `express.text()` and `express.raw()` leave it as it was. */
function readAlready(body: unknown): BodyReading {
  if (body === undefined) return { kind: 'bytes', bytes: new Uint8Array() };
  if (typeof body === 'string') return { kind: 'bytes', bytes: Buffer.from(body) };
  return body instanceof Uint8Array ? { kind: 'bytes', bytes: body } : { kind: 'parsed', value: body };
}
