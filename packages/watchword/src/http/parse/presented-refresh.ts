import { DEFAULT_CLIENT_ID } from '../../engine/sessions/session-input.ts';
import type { Delivery } from '../../domain/session.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import { readCookie } from '../cookies.ts';
import type { NeutralRequest } from '../neutral.ts';
import type { MemberProblem } from '../problem.ts';
import type { HttpSettings } from '../settings.ts';
import { parseBody, refreshBody } from './body.ts';

/** A refresh token and the channel that it came by. */
export type PresentedRefresh =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'presented';
      readonly token: string;
      readonly delivery: Delivery;
      readonly clientId: string | undefined;
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly errors?: readonly MemberProblem[] };

/** The cookie or the body, never both. */
export async function readPresentedRefresh(
  request: NeutralRequest,
  settings: HttpSettings,
): Promise<PresentedRefresh> {
  const body = await parseBody(request, refreshBody);
  if (body.kind === 'refused') return body;
  const inBody = body.value.refresh_token;
  const cookie = readCookie(request, 'rt', settings);
  if (cookie.kind === 'ambiguous' || (cookie.kind === 'present' && inBody !== undefined)) {
    return { kind: 'refused', code: 'ERR_REFRESH_AMBIGUOUS' };
  }
  if (inBody !== undefined) {
    const clientId = body.value.client_id ?? DEFAULT_CLIENT_ID;
    return { kind: 'presented', token: inBody, delivery: 'body', clientId };
  }
  return cookie.kind === 'present'
    ? { kind: 'presented', token: cookie.value, delivery: 'cookie', clientId: undefined }
    : { kind: 'absent' };
}
