import { authorize, ownRouteExpectations } from '../authorize.ts';
import type { Handler } from '../handler.ts';
import { presentCurrentSession } from '../present/session.ts';
import { problem } from '../problem.ts';
import { respondJson } from '../respond.ts';

/** `GET /auth/session` */
export const currentSession: Handler = async (request, context) => {
  const { engine } = context;
  const authorization = authorize(request, context, ownRouteExpectations(context));
  if (authorization.kind === 'refused') return authorization.response;
  const { token } = authorization;
  // A token of the issuer before belongs to none.
  if (token.sessionId === undefined) return problem('ERR_TOKEN_TYPE');
  const found = await engine.sessions.get(token.sessionId);
  if (found === undefined) return problem('ERR_TOKEN_REVOKED');
  const account = await engine.accounts?.find(token.subject);
  return respondJson(200, presentCurrentSession(token, found, account, engine.context.clock.nowMs()));
};
