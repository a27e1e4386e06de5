import type { Presented } from '../engine/refresh/prove.ts';
import type { TokenExpectations } from '../engine/tokens/verify.ts';
import { authorize, authorizeIfPresent, type GuardVerdict } from './authorize.ts';
import type { HttpContext } from './handler.ts';
import { navigationOf } from './navigation.ts';
import { callerOf, type Header, type NeutralRequest } from './neutral.ts';
import { readCredential } from './parse/credential.ts';
import { presentedInCookies } from './parse/presented-refresh.ts';
import { tokenCookies } from './present/tokens.ts';
import { problem } from './problem.ts';
import { afterwards, type Soon } from './soon.ts';
import { withCookies } from './cookies/with-cookies.ts';

/** What a guard in front of a rendered page asks for. */
export interface PageExpectations {
  readonly expected: TokenExpectations;
  readonly optional: boolean;
}

/**
 * The same for a page that is rendered for a browser, where no script renews in time: an access token that is gone or has expired
 * is renewed on the way, with the cookies that the answer sets. No cookie is ever cleared: the session may have been renewed by
 * somebody else meanwhile.
 */
export function authorizePage(
  request: NeutralRequest,
  context: HttpContext,
  page: PageExpectations,
): Soon<GuardVerdict> {
  return afterwards(judge(request, context, page), (verdict) => {
    const presented = isRenewable(verdict) ? refreshTokenOf(request, context) : undefined;
    if (presented === undefined) return verdict;
    switch (navigationOf(request, context.settings)) {
      case 'now':
        return renew(request, context, page, { verdict, presented });
      case 'ahead':
        // Whoever is signed in would be shown a page for nobody when they get there.
        return { kind: 'refused', response: problem('ERR_PREFETCH_REFUSED') };
      case 'none':
        return verdict;
    }
  });
}

function judge(
  request: NeutralRequest,
  context: HttpContext,
  { expected, optional }: PageExpectations,
): Soon<GuardVerdict> {
  return optional ? authorizeIfPresent(request, context, expected) : authorize(request, context, expected);
}

/** What is not there or has expired; what is revoked or was never good stays so. */
function isRenewable(verdict: GuardVerdict): boolean {
  if (verdict.kind !== 'refused') return verdict.kind === 'anonymous';
  return verdict.code === 'ERR_TOKEN_MISSING' || verdict.code === 'ERR_TOKEN_EXPIRED';
}

/** An opaque id is its own renewal. */
function refreshTokenOf(request: NeutralRequest, context: HttpContext): Presented | undefined {
  if (readCredential(request, context.settings).kind === 'bearer') return undefined;
  const inCookies = presentedInCookies(request, context);
  const [presented] = inCookies === 'ambiguous' ? [] : inCookies;
  return presented?.form === 'token' ? presented : undefined;
}

async function renew(
  request: NeutralRequest,
  context: HttpContext,
  page: PageExpectations,
  { verdict, presented }: { readonly verdict: GuardVerdict; readonly presented: Presented },
): Promise<GuardVerdict> {
  const channel = { clientId: undefined, delivery: 'cookie', ...callerOf(request) } as const;
  const outcome = await context.engine.refresher.refresh(presented, channel);
  switch (outcome.kind) {
    case 'rotated':
    case 'current':
    case 'resent':
    case 'resent_late':
    case 'moved_forward': {
      const cookies = tokenCookies(outcome, request, context);
      return withNewCookies(await judge(withCookies(request, cookies), context, page), cookies);
    }
    case 'reused':
    case 'refused':
      // The session is over, and with it what its access token said.
      return page.optional ? { kind: 'anonymous' } : verdict;
    case 'ahead':
      return { kind: 'refused', response: problem('ERR_STORE_ROLLED_BACK') };
  }
}

/** Also who is refused for another reason has been renewed. */
function withNewCookies(verdict: GuardVerdict, cookies: readonly Header[]): GuardVerdict {
  if (verdict.kind !== 'refused') return { ...verdict, cookies };
  const { response } = verdict;
  return { ...verdict, response: { ...response, headers: [...response.headers, ...cookies] } };
}
