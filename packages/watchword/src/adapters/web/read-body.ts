import type { BodyReading } from '../../http/index.ts';

/** Reads at most `limitBytes` of a request's body. */
export async function readBody(request: Request, limitBytes: number): Promise<BodyReading> {
  if (request.bodyUsed) {
    throw new TypeError(
      'The body was read before Watchword could: call `handle` before whatever reads it, or hand in a clone.',
    );
  }
  if (request.body === null) return { kind: 'bytes', bytes: new Uint8Array() };
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kind: 'bytes', bytes: joined(chunks, length) };
      length += value.length;
      if (length > limitBytes) {
        // What else comes is of no interest, and neither is how that ends.
        reader.cancel().catch(() => undefined);
        return { kind: 'too_large' };
      }
      chunks.push(value);
    }
  } catch {
    return { kind: 'aborted' };
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
