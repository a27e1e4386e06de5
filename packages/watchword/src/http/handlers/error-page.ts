import { ERROR_CATALOGUE, type ErrorCode } from '../../errors/catalogue.ts';
import type { Handler } from '../handler.ts';
import type { NeutralResponse } from '../neutral.ts';
import { problem } from '../problem.ts';

/** `GET /auth/errors/{code}`: what the `type` of a problem points at. */
export const errorPage: Handler = async (_request, _context, parameter) => {
  if (!Object.hasOwn(ERROR_CATALOGUE, parameter)) return problem('ERR_ROUTE_UNKNOWN');
  return renderErrorPage(parameter as ErrorCode);
};

function renderErrorPage(code: ErrorCode): NeutralResponse {
  const { status, title, sentence } = ERROR_CATALOGUE[code];
  return {
    status: 200,
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ['cache-control', 'public, max-age=86400'],
    ],
    body: `${code}\n\n${title} (HTTP ${status})\n\n${sentence}\n`,
  };
}
