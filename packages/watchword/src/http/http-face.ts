import type { JsonObject } from '../domain/json.ts';
import type { Session } from '../domain/session.ts';
import { WatchwordError } from '../errors/watchword-error.ts';
import type { StartSession } from '../engine/sessions/session-input.ts';
import type { TokenExpectations } from '../engine/tokens/verify.ts';
import {
  authorize,
  authorizeHandshake,
  authorizeIfPresent,
  type Authorization,
  type GuardVerdict,
} from './authorize.ts';
import { answerPreflight, withCors } from './cors.ts';
import { refuseForeignCookie } from './cross-site.ts';
import type { HttpContext } from './handler.ts';
import type { Header, NeutralRequest, NeutralResponse } from './neutral.ts';
import { oauthFailure } from './oauth-error.ts';
import { readJsonObject, type Parsed } from './parse/body.ts';
import { problem, problemOf, type MemberProblem } from './problem.ts';
import { withStandardHeaders } from './respond.ts';
import { isOAuthPath, isOwnPath, ownPaths, route } from './router.ts';
import { startSession } from './sign-in-answer.ts';

/** What an adapter needs: everything about HTTP, nothing about a framework. */
export interface HttpFace {
  /** Whether the path is Watchword's to answer. */
  handles(path: string): boolean;
  /** The same for frameworks that want a list: paths, of which one that ends in `/*` means all below it. */
  readonly paths: readonly string[];
  /** Answers a request. Never rejects: what breaks is an event, and answered as a problem. */
  handle(request: NeutralRequest): Promise<NeutralResponse>;
  /**
   * Ends the answers that have no end of their own, and begins no more: for a server that is about to stop and would wait for
   * them. `close()` of the installation does so too.
   */
  endStreams(): void;
  /** Judges the credential of a request for a route of the application's own. */
  authorize(request: NeutralRequest, expected: TokenExpectations): Authorization;
  /** The same, but lets through whoever brings none. */
  authorizeIfPresent(request: NeutralRequest, expected: TokenExpectations): GuardVerdict;
  /** Judges the credential of a request that would open a WebSocket: a cookie is taken from our own pages only. */
  authorizeHandshake(request: NeutralRequest, expected: TokenExpectations): Authorization;
  /** Answers an error in a route of the application's own. */
  refuse(error: unknown): NeutralResponse;
  /** Answers a request in which members were wrong, which it names. */
  refuseMembers(errors: readonly MemberProblem[]): NeutralResponse;
  /** Reads a JSON object from the body as Watchword's own routes do. */
  readJson(request: NeutralRequest): Promise<Parsed<JsonObject>>;
  /** Starts a session for a user whom the application has authenticated; gives the cookies to set. */
  startCookieSession(
    request: NeutralRequest,
    input: StartSession,
  ): Promise<{ readonly session: Session; readonly cookies: readonly Header[] }>;
}

type Refused = Extract<Authorization, { kind: 'refused' }>;

export function createHttpFace(context: HttpContext): HttpFace {
  const { engine, settings } = context;

  function refuse(error: unknown, present = problemOf): NeutralResponse {
    if (!(error instanceof WatchwordError) || error.status >= 500) recordFailure(error);
    return withStandardHeaders(present(error), settings);
  }

  function recordFailure(cause: unknown): void {
    const code = cause instanceof WatchwordError ? cause.code : 'ERR_INTERNAL';
    const detail = cause instanceof WatchwordError ? (cause.detail ?? '') : '';
    engine.context.events.record('request_failed', { code, detail, cause });
  }

  function finished<Judged extends GuardVerdict>(verdict: Judged): Judged | Refused {
    if (verdict.kind !== 'refused') return verdict;
    return { kind: 'refused', response: withStandardHeaders(verdict.response, settings) };
  }

  return {
    handles: (path) => isOwnPath(path, settings),
    paths: ownPaths(settings),
    refuse: (error) => refuse(error),
    refuseMembers: (errors) => withStandardHeaders(problem('ERR_BODY_INVALID', { errors }), settings),
    readJson: (request) => readJsonObject(request),
    endStreams: () => engine.feed.close(),

    async handle(request) {
      try {
        const answer = answerPreflight(request, settings) ?? (await route(request, context));
        return withStandardHeaders(withCors(answer, request, settings), settings);
      } catch (error) {
        const refusal = refuse(error, isOAuthPath(request.path) ? oauthFailure : problemOf);
        return withCors(refusal, request, settings);
      }
    },

    authorize: (request, expected) => finished(authorize(request, context, expected)),
    authorizeIfPresent: (request, expected) => finished(authorizeIfPresent(request, context, expected)),
    authorizeHandshake: (request, expected) => finished(authorizeHandshake(request, context, expected)),

    async startCookieSession(request, input) {
      if (refuseForeignCookie(request, context) !== undefined) throw new WatchwordError('ERR_CROSS_SITE');
      const { tokens, cookies } = await startSession(request, input, 'cookie', context);
      return { session: tokens.session, cookies };
    },
  };
}
