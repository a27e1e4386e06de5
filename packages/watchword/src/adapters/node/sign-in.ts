import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from '../../domain/session.ts';
import { appendCookies, fromConnect, noBody, type HttpFace, type StartSession } from '../../http/index.ts';

/**
 * Signs in a user whom the application has authenticated itself: starts a session and sets its cookies on `response`.
 * Rejects with `ERR_CROSS_SITE` if the request came from another site.
 */
export async function signIn(
  auth: { readonly http: HttpFace },
  request: IncomingMessage,
  response: ServerResponse,
  input: StartSession,
): Promise<Session> {
  const { session, cookies } = await auth.http.startCookieSession(fromConnect(request, noBody), input);
  appendCookies(cookies, response);
  return session;
}
