import type { Socket } from 'node:net';
import { ERROR_CATALOGUE, type ErrorCode } from 'watchword';

/** Answers what was no HTTP, or too much of it, before there is a request to answer. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const code: ErrorCode =
    error.code === 'HPE_HEADER_OVERFLOW' ? 'ERR_HEADERS_TOO_LARGE' : 'ERR_REQUEST_MALFORMED';
  const { status, title, sentence } = ERROR_CATALOGUE[code];
  const body = JSON.stringify({ type: `/auth/errors/${code}`, title, status, detail: sentence, code });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
}
