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
  return replyWithError(reply.headers(headers), auth, new WatchwordError(code));
}

/** Answers what was thrown; what is no refusal of the library's is an `ERR_INTERNAL` with its event. */
export function replyWithError(reply: FastifyReply, auth: Watchword, error: unknown): FastifyReply {
  return replyWithAnswer(reply, auth.http.refuse(error));
}

/** Sends what the library answers. */
export function replyWithAnswer(
  reply: FastifyReply,
  { status, headers, body }: ReturnType<Watchword['http']['refuse']>,
): FastifyReply {
  for (const [name, value] of headers) reply.header(name, value);
  return reply.code(status).send(body);
}
