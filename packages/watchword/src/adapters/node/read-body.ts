import type { IncomingMessage } from 'node:http';
import type { BodyReading } from '../../http/index.ts';

/** Reads at most `limitBytes` of a request's body; what a parser has read before is taken from `body`. */
export function readBody(
  request: IncomingMessage & { readonly body?: unknown },
  limitBytes: number,
): Promise<BodyReading> {
  if (request.readableEnded) {
    return Promise.resolve(
      request.body === undefined
        ? { kind: 'bytes', bytes: new Uint8Array() }
        : { kind: 'parsed', value: request.body },
    );
  }
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
