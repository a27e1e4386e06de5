import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WatchwordError, type ErrorCode, type Watchword } from 'watchword';
import { makeRequestId } from './request-id.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'ERR_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'ERR_REQUEST_TIMEOUT',
};

/** Answers what was no HTTP, or too much of it, before there is a request to answer. */
export function answerClientError(
  auth: Watchword,
  error: Error & { readonly code?: string },
  socket: Duplex,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const code = CODES[error.code ?? ''] ?? 'ERR_REQUEST_MALFORMED';
  const { status, headers, body } = auth.http.refuse(new WatchwordError(code));
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${makeRequestId()}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
