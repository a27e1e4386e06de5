import { authorize, ownRouteExpectations } from '../authorize.ts';
import { missingCsrfCookie } from '../cookies/csrf-cookie.ts';
import type { Handler } from '../handler.ts';
import { readCredential } from '../parse/credential.ts';
import { lifeOfOpaqueId, lifeOfToken } from '../present/credential-life.ts';
import { presentCurrentSession } from '../present/session.ts';
import { problem } from '../problem.ts';
import { respondJson } from '../respond.ts';

/** `GET /auth/session` */
export const currentSession: Handler = async (request, context) => {
  const { engine, settings } = context;
  const authorization = await authorize(request, context, ownRouteExpectations(context));
  if (authorization.kind === 'refused') return authorization.response;
  const { token } = authorization;
  // A token of the issuer before belongs to none.
  if (token.sessionId === undefined) return problem('ERR_TOKEN_TYPE');
  const found = await engine.sessions.get(token.sessionId);
  if (found === undefined) return problem('ERR_TOKEN_REVOKED');
  const nowMs = engine.context.clock.nowMs();
  const isOpaque = readCredential(request, settings).kind === 'opaque';
  const life = isOpaque
    ? lifeOfOpaqueId(found.session, engine.context.settings.accessTtlMs, nowMs)
    : lifeOfToken(token, nowMs);
  const account = await engine.accounts?.find(token.subject);
  return respondJson(
    200,
    presentCurrentSession(token, found, account, life),
    missingCsrfCookie(request, found.session, context),
  );
};
