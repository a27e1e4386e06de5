import type { FastifyReply } from 'fastify';
import type { ErrorCode, Watchword } from 'watchword';
import { WatchwordError } from 'watchword';

/** Answers with the problem document of a code, the same that the library's own routes give. */
export function replyWithProblem(
  reply: FastifyReply,
  auth: Watchword,
  code: ErrorCode,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  const response = auth.http.refuse(new WatchwordError(code));
  for (const [name, value] of response.headers) reply.header(name, value);
  return reply.headers(headers).code(response.status).send(response.body);
}
