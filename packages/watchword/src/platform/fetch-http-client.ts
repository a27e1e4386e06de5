import type { HttpAnswer, HttpClient, HttpLimits } from '../ports/http-client.ts';
import { openHttpStream } from './http-stream.ts';

export const fetchHttpClient: HttpClient = {
  get: (url, limits, headers) =>
    answerOf(
      url,
      {
        // What a cache on the way holds may be older than what is asked about.
        headers: { accept: 'application/json', 'cache-control': 'no-cache', ...headers },
      },
      limits,
    ),
  post: (url, headers, { type, text }, limits) =>
    answerOf(
      url,
      {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': type, ...headers },
        body: text,
      },
      limits,
    ),
  stream: openHttpStream,
};

async function answerOf(
  url: string,
  init: RequestInit,
  { timeoutMs, maxBytes }: HttpLimits,
): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { ...init, signal, redirect: 'manual', credentials: 'omit' });
    const body = await readAtMost(response, maxBytes);
    const { status, headers } = response;
    return {
      status,
      header: (name) => headers.get(name) ?? undefined,
      cookies: headers.getSetCookie(),
      body,
    };
  } catch (error) {
    if (signal.aborted) throw new Error(`no answer within ${timeoutMs} ms`, { cause: error });
    throw error instanceof TypeError ? new Error(reasonOf(error), { cause: error }) : error;
  }
}

/** What arrives is counted, for `content-length` may lie, and a compressed body is larger than it says. */
async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the body, and with it the connection.
  const stream: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of stream ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `fetch` says that it failed; why is in the cause. */
function reasonOf({ cause }: TypeError): string {
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
}
