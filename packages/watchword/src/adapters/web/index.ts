import type { Session } from '../../domain/session.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import {
  cookieHeaders,
  noBody,
  type GuardOptions,
  type Installation,
  type StartSession,
  type VerifiedToken,
} from '../../http/index.ts';
import { fromWeb, toWeb, type RequestInfo } from './neutral.ts';
import { readBody } from './read-body.ts';

export type { GuardOptions, Installation, StartSession, VerifiedToken } from '../../http/index.ts';
export type { RequestInfo } from './neutral.ts';
export { renewedHeaders } from './renewed-headers.ts';

/** What belongs on the answer, to be appended: mostly nothing, and cookies where the session was renewed. */
export type AnswerHeaders = [name: string, value: string][];

/** Who a request speaks for. */
export type Authentication =
  | { readonly kind: 'authenticated'; readonly token: VerifiedToken; readonly headers: AnswerHeaders }
  /** Nobody in particular: only where `optional` is said. */
  | { readonly kind: 'anonymous'; readonly headers: AnswerHeaders }
  /** To be answered with this, and nothing else. */
  | { readonly kind: 'refused'; readonly response: Response };

/**
 * Answers a request if its path is Watchword's; `undefined` for all others. For every framework that speaks `Request` and `Response`.
 *
 *     const answered = await handle(auth, request);
 */
export async function handle(
  { http }: Installation,
  request: Request,
  info: RequestInfo = {},
): Promise<Response | undefined> {
  const neutral = fromWeb(request, info, (limitBytes) => readBody(request, limitBytes));
  return http.handles(neutral.path) ? toWeb(await http.handle(neutral), request) : undefined;
}

/** Judges the credential of a request: the cookie, for unsafe methods from our own pages only, or the bearer token. */
export async function authenticate(
  auth: Installation,
  request: Request,
  options: GuardOptions & { readonly optional: true },
): Promise<Authentication>;
export async function authenticate(
  auth: Installation,
  request: Request,
  options?: GuardOptions & { readonly optional?: false },
): Promise<Exclude<Authentication, { kind: 'anonymous' }>>;
export async function authenticate(
  auth: Installation,
  request: Request,
  options?: GuardOptions,
): Promise<Authentication>;
export async function authenticate(
  { http }: Installation,
  request: Request,
  options?: GuardOptions,
): Promise<Authentication> {
  const verdict = await http.guard('authenticate', options)(fromWeb(request, {}, noBody));
  switch (verdict.kind) {
    case 'authorized':
      return { kind: 'authenticated', token: verdict.token, headers: cookieHeaders(verdict) };
    case 'anonymous':
      return { kind: 'anonymous', headers: cookieHeaders(verdict) };
    case 'refused':
      return { kind: 'refused', response: toWeb(verdict.response, request) };
  }
}

/**
 * Signs in a user whom the application has authenticated itself: starts a session and gives the headers that set its cookies, for the answer.
 * Rejects with `ERR_CROSS_SITE` if the request came from another site.
 */
export async function signIn(
  { http }: Installation,
  request: Request,
  input: StartSession,
  info: RequestInfo = {},
): Promise<{ readonly session: Session; readonly headers: Headers }> {
  const { session, cookies } = await http.startCookieSession(fromWeb(request, info, noBody), input);
  const headers = new Headers();
  for (const [name, value] of cookies) headers.append(name, value);
  return { session, headers };
}

/** The problem document for what the library refused by throwing, such as a `signIn` from another site; `undefined` for other errors. */
export function answerProblem(
  { http }: Installation,
  error: unknown,
  request: Request,
): Response | undefined {
  return error instanceof WatchwordError ? toWeb(http.refuse(error), request) : undefined;
}
