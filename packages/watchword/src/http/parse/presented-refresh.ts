import type { Delivery } from '../../domain/session.ts';
import type { Presented } from '../../engine/refresh/prove.ts';
import { DEFAULT_CLIENT_ID } from '../../engine/sessions/session-input.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import { readCookie } from '../cookies/cookies.ts';
import type { HttpContext } from '../handler.ts';
import type { NeutralRequest } from '../neutral.ts';
import type { MemberProblem } from '../problem.ts';
import { parseBody, refreshBody } from './body.ts';

/** A generation of a session, and the channel that it came by. */
export type PresentedRefresh =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'presented';
      readonly presented: Presented;
      /** Where the browser has one of each form: the one that does not count. */
      readonly other: Presented | undefined;
      readonly delivery: Delivery;
      readonly clientId: string | undefined;
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly errors?: readonly MemberProblem[] };

/** The cookies or the body, never both. */
export async function readPresentedRefresh(
  request: NeutralRequest,
  context: HttpContext,
): Promise<PresentedRefresh> {
  const body = await parseBody(request, refreshBody);
  if (body.kind === 'refused') return body;
  const inBody = body.value.refresh_token;
  const inCookies = presentedInCookies(request, context);
  if (inCookies === 'ambiguous' || (inCookies.length > 0 && inBody !== undefined)) {
    return { kind: 'refused', code: 'ERR_REFRESH_AMBIGUOUS' };
  }
  if (inBody !== undefined) {
    const presented: Presented = { form: 'token', text: inBody };
    const clientId = body.value.client_id ?? DEFAULT_CLIENT_ID;
    return { kind: 'presented', presented, other: undefined, delivery: 'body', clientId };
  }
  const [presented, other] = inCookies;
  return presented === undefined
    ? { kind: 'absent' }
    : { kind: 'presented', presented, other, delivery: 'cookie', clientId: undefined };
}

/** What the cookies hold of either form; of two the one that counts comes first. */
export function presentedInCookies(
  request: NeutralRequest,
  { engine, settings }: HttpContext,
): readonly Presented[] | 'ambiguous' {
  const token = readCookie(request, 'rt', settings);
  const opaque = readCookie(request, 'sid', settings);
  if (token.kind === 'ambiguous' || opaque.kind === 'ambiguous') return 'ambiguous';
  const found: Presented[] = [];
  if (token.kind === 'present') found.push({ form: 'token', text: token.value });
  if (opaque.kind === 'present') found.push({ form: 'opaque', text: opaque.value });
  return engine.refresher.inOrder(found);
}
