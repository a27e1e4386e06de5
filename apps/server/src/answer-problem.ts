import type { ServerResponse } from 'node:http';
import { WatchwordError, type ErrorCode, type Watchword } from 'watchword';

/** Answers with the problem document of a code, where no framework is in between. */
export function answerProblem(response: ServerResponse, auth: Watchword, code: ErrorCode): void {
  const { status, headers, body } = auth.http.refuse(new WatchwordError(code));
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.end(body);
}
