import type { z } from 'zod';
import type { Accounts } from '../engine/accounts/accounts.ts';
import { refuseDelivery } from './sign-in-answer.ts';
import type { HttpContext } from './handler.ts';
import type { NeutralRequest, NeutralResponse } from './neutral.ts';
import { credentialsBody, parseBody } from './parse/body.ts';
import { problem } from './problem.ts';

/** What signing up and signing in begin with: accounts, a body, and somebody who may be given tokens that way. */
export type CredentialsReading =
  | {
      readonly kind: 'read';
      readonly accounts: Accounts;
      readonly credentials: z.output<typeof credentialsBody>;
    }
  | { readonly kind: 'refused'; readonly response: NeutralResponse };

export async function readCredentials(
  request: NeutralRequest,
  context: HttpContext,
): Promise<CredentialsReading> {
  const { accounts } = context.engine;
  if (accounts === undefined) return { kind: 'refused', response: problem('ERR_ROUTE_UNKNOWN') };
  const body = await parseBody(request, credentialsBody);
  if (body.kind === 'refused') return { kind: 'refused', response: problem(body.code, body) };
  const response = refuseDelivery(request, body.value.delivery, context, undefined);
  return response === undefined
    ? { kind: 'read', accounts, credentials: body.value }
    : { kind: 'refused', response };
}
