import type { Handler } from '../handler.ts';
import { credentialsBody, parseBody } from '../parse/body.ts';
import { problem } from '../problem.ts';
import { answerWithSession, refuseDelivery } from '../sign-in-answer.ts';

/** `POST /auth/sign-up` */
export const signUp: Handler = async (request, context) => {
  const { accounts } = context.engine;
  if (accounts === undefined) return problem('ERR_ROUTE_UNKNOWN');
  const body = await parseBody(request, credentialsBody);
  if (body.kind === 'refused') return problem(body.code, body);
  const refusal = refuseDelivery(request, body.value.delivery, context);
  if (refusal !== undefined) return refusal;
  const outcome = await accounts.signUp(body.value);
  return outcome.kind === 'refused'
    ? problem(outcome.code)
    : answerWithSession(request, 201, outcome.account, body.value.delivery, context);
};
