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
import { authorizePage, type PageExpectations } from './authorize-page.ts';
import { answerPreflight, withCors } from './cors.ts';
import { assertOwnPage } from './cross-site.ts';
import { createCookieSizes } from './cookies/cookie-sizes.ts';
import type { HttpContext } from './handler.ts';
import type { Header, NeutralRequest, NeutralResponse } from './neutral.ts';
import { oauthFailure } from './oauth-error.ts';
import { readJsonObject, type Parsed } from './parse/body.ts';
import { problem, problemOf, type MemberProblem } from './problem.ts';
import { withStandardHeaders } from './respond.ts';
import { isOAuthPath, isOwnPath, ownPaths, route } from './router.ts';
import { startSession } from './sign-in-answer.ts';
import type { SelfCheckParts } from './self-check/ask-self.ts';
import { createSelfCheck, type SelfCheck } from './self-check/self-check.ts';
import type { HttpSettings } from './settings.ts';
import type { Soon } from './soon.ts';
import { tidied, withTidyCookies } from './cookies/tidy-cookies.ts';

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
  /** Asks our own address, and says what becomes of requests and answers on the way. */
  readonly selfCheck: SelfCheck;
  /** Judges the credential of a request for a route of the application's own. */
  authorize(request: NeutralRequest, expected: TokenExpectations): Soon<Authorization>;
  /** The same, but lets through whoever brings none. */
  authorizeIfPresent(request: NeutralRequest, expected: TokenExpectations): Soon<GuardVerdict>;
  /** The same for a page that is rendered for a browser: renews its session where that is due. */
  authorizePage(request: NeutralRequest, page: PageExpectations): Soon<GuardVerdict>;
  /** Judges the credential of a request that would open a WebSocket: a cookie is taken from our own pages only. */
  authorizeHandshake(request: NeutralRequest, expected: TokenExpectations): Soon<Authorization>;
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

export function createHttpFace(parts: SelfCheckParts): HttpFace {
  const { engine, settings } = parts;
  const context: HttpContext = { engine, settings, selfCheck: createSelfCheck(parts) };
  const noteSizes = createCookieSizes(engine.context.events);

  /** The cookies that somebody else will send. */
  function ready(cookies: readonly Header[], request: NeutralRequest): readonly Header[] {
    noteSizes(cookies);
    return tidied(cookies, request, context);
  }

  function refuse(
    error: unknown,
    present: (error: unknown, settings: HttpSettings) => NeutralResponse = problemOf,
  ): NeutralResponse {
    if (!(error instanceof WatchwordError) || error.status >= 500) recordFailure(error);
    return withStandardHeaders(present(error, settings), settings);
  }

  function recordFailure(cause: unknown): void {
    const code = cause instanceof WatchwordError ? cause.code : 'ERR_INTERNAL';
    const detail = cause instanceof WatchwordError ? (cause.detail ?? '') : '';
    engine.context.events.record('request_failed', { code, detail, cause });
  }

  function finish<Judged extends GuardVerdict>(verdict: Judged, request: NeutralRequest): Judged | Refused {
    if (verdict.kind === 'refused') {
      const response = withTidyCookies(verdict.response, request, context);
      return { kind: 'refused', response: withStandardHeaders(response, settings) };
    }
    const { cookies } = verdict;
    return cookies === undefined ? verdict : { ...verdict, cookies: ready(cookies, request) };
  }

  /** Whoever hands a guard its way on may not look at an error that is handed in there: what breaks is a refusal too. */
  function finished<Judged extends GuardVerdict>(
    verdict: Soon<Judged>,
    request: NeutralRequest,
  ): Soon<Judged | Refused> {
    if (!(verdict instanceof Promise)) return finish(verdict, request);
    return verdict.then(
      (judged) => finish(judged, request),
      (error: unknown) => ({ kind: 'refused', response: refuse(error) }),
    );
  }

  return {
    handles: (path) => isOwnPath(path, settings),
    paths: ownPaths(settings),
    refuse: (error) => refuse(error),
    refuseMembers: (errors) => withStandardHeaders(problem('ERR_BODY_INVALID', { errors }), settings),
    readJson: (request) => readJsonObject(request),
    selfCheck: context.selfCheck,
    endStreams: () => engine.feed.close(),

    async handle(request) {
      try {
        const answer = answerPreflight(request, settings) ?? (await route(request, context));
        noteSizes(answer.headers);
        const tidy = withTidyCookies(answer, request, context);
        return withStandardHeaders(withCors(tidy, request, settings), settings);
      } catch (error) {
        const refusal = refuse(error, isOAuthPath(request.path) ? oauthFailure : problemOf);
        return withCors(refusal, request, settings);
      }
    },

    authorize: (request, expected) => finished(authorize(request, context, expected), request),
    authorizeIfPresent: (request, expected) =>
      finished(authorizeIfPresent(request, context, expected), request),
    authorizePage: (request, page) => finished(authorizePage(request, context, page), request),
    authorizeHandshake: (request, expected) =>
      finished(authorizeHandshake(request, context, expected), request),

    async startCookieSession(request, input) {
      assertOwnPage(request, context);
      const { tokens, cookies } = await startSession(request, input, 'cookie', context);
      return { session: tokens.session, cookies: ready(cookies, request) };
    },
  };
}
