import type { TokenExpectations, Verdict } from '../engine/tokens/verify.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { judgeCookieUse, judgeHandshakeUse, refuseWithoutToken, type CookieUse } from './cross-site.ts';
import type { HttpContext } from './handler.ts';
import type { Header, NeutralRequest, NeutralResponse } from './neutral.ts';
import { readCredential, type Credential } from './parse/credential.ts';
import { problem } from './problem.ts';
import { afterwards, type Soon } from './soon.ts';

export type Authorization =
  | {
      readonly kind: 'authorized';
      readonly token: VerifiedToken;
      /** To be set on the answer, beside those that the application sets. */
      readonly cookies?: readonly Header[];
    }
  | {
      readonly kind: 'refused';
      readonly response: NeutralResponse;
      /** What is wrong with the credential, where it is that. */
      readonly code?: ErrorCode;
    };

export type GuardVerdict =
  | Authorization
  /** Whoever it is brings no credential, and needs none. */
  | { readonly kind: 'anonymous'; readonly cookies?: readonly Header[] };

/** Finds and judges the credential of a request. A cookie is taken for unsafe methods from our own pages only. */
export function authorize(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
): Soon<Authorization> {
  return judgeCredential(request, context, expected, judgeCookieUse);
}

/** The same, but whoever brings no credential is nobody in particular. */
export function authorizeIfPresent(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
): Soon<GuardVerdict> {
  if (readCredential(request, context.settings).kind === 'absent') return { kind: 'anonymous' };
  return authorize(request, context, expected);
}

/** The same for a request that would open a WebSocket: its method is safe, and what follows is not. */
export function authorizeHandshake(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
): Soon<Authorization> {
  return judgeCredential(request, context, expected, judgeHandshakeUse);
}

function judgeCredential(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
  judgeUse: (request: NeutralRequest, context: HttpContext) => CookieUse,
): Soon<Authorization> {
  const credential = readCredential(request, context.settings);
  if (credential.kind === 'absent') return refused('ERR_TOKEN_MISSING');
  if (credential.kind === 'ambiguous') return refused('ERR_TOKEN_AMBIGUOUS');
  const use = credential.kind === 'bearer' ? undefined : judgeUse(request, context);
  if (use?.kind === 'refused') return use;
  const authorization = afterwards(judgeProof(credential, context, expected), toAuthorization);
  if (use?.kind !== 'unstated') return authorization;
  return afterwards(authorization, (judged) => refuseUnproven(judged, request, context));
}

function judgeProof(
  credential: Exclude<Credential, { readonly kind: 'absent' | 'ambiguous' }>,
  { engine }: HttpContext,
  expected: TokenExpectations,
): Soon<Verdict> {
  return credential.kind === 'opaque'
    ? engine.opaqueSessions.judge(credential.id, expected)
    : engine.verify(credential.token, expected);
}

/** Whoever does not say where the request comes from is told so only once it is known whose token to expect. */
function refuseUnproven(
  authorization: Authorization,
  request: NeutralRequest,
  context: HttpContext,
): Authorization {
  if (authorization.kind === 'refused') return authorization;
  const response = refuseWithoutToken(request, context, authorization.token.sessionId);
  return response === undefined ? authorization : { kind: 'refused', response };
}

function toAuthorization(verdict: Verdict): Authorization {
  return verdict.kind === 'refused' ? refused(verdict.code) : { kind: 'authorized', token: verdict.token };
}

function refused(code: ErrorCode): Authorization {
  return { kind: 'refused', response: problem(code), code };
}

/** What our own routes want: any scope, an audience of this installation. */
export function ownRouteExpectations({ engine }: HttpContext): TokenExpectations {
  const { issuer, audience, maxStalenessMs } = engine.context.settings;
  return { audience: [issuer, ...audience], scope: [], maxAgeSeconds: undefined, maxStalenessMs };
}
