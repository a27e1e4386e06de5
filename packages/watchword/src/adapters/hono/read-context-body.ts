import type { HonoRequest } from 'hono';
import type { BodyReading } from '../../http/index.ts';
import { readBody } from '../web/read-body.ts';

/** Reads at most `limitBytes` of a request's body; what a middleware has read before is kept by Hono. */
export async function readContextBody(request: HonoRequest, limitBytes: number): Promise<BodyReading> {
  if (!request.raw.bodyUsed) return readBody(request.raw, limitBytes);
  const bytes = request.bodyCache.formData === undefined ? await anyBytes(request) : await formBytes(request);
  return bytes.length > limitBytes ? { kind: 'too_large' } : { kind: 'bytes', bytes };
}

async function anyBytes(request: HonoRequest): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}

/** A form as it was sent: Hono would write it down as another kind. */
async function formBytes(request: HonoRequest): Promise<Uint8Array> {
  const parameters = new URLSearchParams();
  for (const [name, value] of await request.formData()) {
    parameters.append(name, typeof value === 'string' ? value : '');
  }
  return new TextEncoder().encode(parameters.toString());
}
