import type { SessionId } from '../../domain/ids.ts';
import { authorize, ownRouteExpectations } from '../authorize.ts';
import { clearCookies } from '../cookies/cookies.ts';
import { refuseForeignCookie } from '../cross-site.ts';
import type { Handler, HttpContext } from '../handler.ts';
import type { NeutralRequest } from '../neutral.ts';
import { readCredential } from '../parse/credential.ts';
import { readPresentedRefresh, type PresentedRefresh } from '../parse/presented-refresh.ts';
import { problem } from '../problem.ts';
import { respondEmpty } from '../respond.ts';

/**
 * `POST /auth/sign-out`. Whoever holds a token of the session may end it, were it an old one. Who holds none is signed out
 * already, which is what was asked for.
 */
export const signOut: Handler = async (request, context) => {
  const reading = await readPresentedRefresh(request, context);
  if (reading.kind === 'refused') return problem(reading.code, reading);
  const byCookie =
    reading.kind === 'presented' ? reading.delivery === 'cookie' : !hasBearer(request, context);
  const named = reading.kind === 'presented' ? context.engine.sessions.namedBy(reading.presented) : undefined;
  const refusal = byCookie ? refuseForeignCookie(request, context, named) : undefined;
  if (refusal !== undefined) return refusal;
  for (const id of await sessionsToEnd(request, reading, context)) {
    await context.engine.sessions.end(id, 'signed_out');
  }
  return respondEmpty(byCookie ? clearCookies(context.settings) : []);
};

function hasBearer(request: NeutralRequest, { settings }: HttpContext): boolean {
  return readCredential(request, settings).kind === 'bearer';
}

/** The sessions of all that the request brings: one and the same, unless the cookies are out of step. */
async function sessionsToEnd(
  request: NeutralRequest,
  reading: PresentedRefresh,
  context: HttpContext,
): Promise<ReadonlySet<SessionId>> {
  const ids = new Set<SessionId>();
  for (const presented of reading.kind === 'presented' ? [reading.presented, reading.other] : []) {
    const id = presented && (await context.engine.sessions.ofPresented(presented));
    if (id !== undefined) ids.add(id);
  }
  const authorization = await authorize(request, context, ownRouteExpectations(context));
  const accessSession = authorization.kind === 'authorized' ? authorization.token.sessionId : undefined;
  if (accessSession !== undefined) ids.add(accessSession);
  return ids;
}
