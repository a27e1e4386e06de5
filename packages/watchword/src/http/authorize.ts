import type { TokenExpectations } from '../engine/tokens/verify.ts';
import type { VerifiedToken } from '../engine/tokens/verified-token.ts';
import { refuseForeignCookie, refuseForeignHandshake } from './cross-site.ts';
import type { HttpContext } from './handler.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import { readCredential } from './parse/credential.ts';
import { problem } from './problem.ts';

export type Authorization =
  | { readonly kind: 'authorized'; readonly token: VerifiedToken }
  | { readonly kind: 'refused'; readonly response: NeutralResponse };

export type GuardVerdict =
  | Authorization
  /** Whoever it is brings no credential, and needs none. */
  | { readonly kind: 'anonymous' };

/** Finds and judges the credential of a request. A cookie is taken for unsafe methods from our own pages only. */
export function authorize(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
): Authorization {
  return judgeCredential(request, context, expected, refuseForeignCookie);
}

/** The same, but whoever brings no credential is nobody in particular. */
export function authorizeIfPresent(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
): GuardVerdict {
  if (readCredential(request, context.settings).kind === 'absent') return { kind: 'anonymous' };
  return authorize(request, context, expected);
}

/** The same for a request that would open a WebSocket: its method is safe, and what follows is not. */
export function authorizeHandshake(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
): Authorization {
  return judgeCredential(request, context, expected, refuseForeignHandshake);
}

function judgeCredential(
  request: NeutralRequest,
  context: HttpContext,
  expected: TokenExpectations,
  refuseForeign: typeof refuseForeignCookie,
): Authorization {
  const credential = readCredential(request, context.settings);
  if (credential.kind === 'absent') return { kind: 'refused', response: problem('ERR_TOKEN_MISSING') };
  if (credential.kind === 'ambiguous') return { kind: 'refused', response: problem('ERR_TOKEN_AMBIGUOUS') };
  if (credential.kind === 'cookie') {
    const response = refuseForeign(request, context);
    if (response !== undefined) return { kind: 'refused', response };
  }
  const verdict = context.engine.verify(credential.token, expected);
  if (verdict.kind === 'refused') return { kind: 'refused', response: problem(verdict.code) };
  return { kind: 'authorized', token: verdict.token };
}

/** What our own routes want: any scope, an audience of this installation. */
export function ownRouteExpectations({ engine }: HttpContext): TokenExpectations {
  const { issuer, audience, maxStalenessMs } = engine.context.settings;
  return { audience: [issuer, ...audience], scope: [], maxAgeSeconds: undefined, maxStalenessMs };
}
