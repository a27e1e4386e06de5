import { parseSessionId } from '../../domain/ids.ts';
import { authorize, ownRouteExpectations } from '../authorize.ts';
import type { Handler } from '../handler.ts';
import { presentListedSession } from '../present/session.ts';
import { problem } from '../problem.ts';
import { respondEmpty, respondJson } from '../respond.ts';

/** `GET /auth/sessions` */
export const listSessions: Handler = async (request, context) => {
  const authorization = await authorize(request, context, ownRouteExpectations(context));
  if (authorization.kind === 'refused') return authorization.response;
  const { subject, sessionId } = authorization.token;
  const sessions = await context.engine.sessions.list(subject);
  return respondJson(200, { sessions: sessions.map((session) => presentListedSession(session, sessionId)) });
};

/** `DELETE /auth/sessions`: all of the user's own but the one that asks. */
export const endOtherSessions: Handler = async (request, context) => {
  const authorization = await authorize(request, context, ownRouteExpectations(context));
  if (authorization.kind === 'refused') return authorization.response;
  const { subject, sessionId } = authorization.token;
  if (sessionId === undefined) return problem('ERR_SESSION_UNKNOWN');
  return respondJson(200, { ended: await context.engine.sessions.endOthers(subject, sessionId) });
};

/** `DELETE /auth/sessions/{id}`: somebody else's session is as unknown as one that never was. */
export const endSession: Handler = async (request, context, parameter) => {
  const authorization = await authorize(request, context, ownRouteExpectations(context));
  if (authorization.kind === 'refused') return authorization.response;
  const id = parseSessionId(parameter);
  const found = id && (await context.engine.sessions.get(id));
  if (!found || found.session.subject !== authorization.token.subject) return problem('ERR_SESSION_UNKNOWN');
  await context.engine.sessions.end(found.session.id, 'revoked');
  return respondEmpty();
};
