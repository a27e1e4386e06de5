import type { Handler } from '../handler.ts';
import { credentialsBody, parseBody } from '../parse/body.ts';
import { problem } from '../problem.ts';
import { answerWithSession, refuseDelivery } from '../sign-in-answer.ts';

/** `POST /auth/sign-in` */
export const signIn: Handler = async (request, context) => {
  const { accounts } = context.engine;
  if (accounts === undefined) return problem('ERR_ROUTE_UNKNOWN');
  const body = await parseBody(request, credentialsBody);
  if (body.kind === 'refused') return problem(body.code, body);
  const refusal = refuseDelivery(request, body.value.delivery, context);
  if (refusal !== undefined) return refusal;
  const outcome = await accounts.signIn(body.value);
  return outcome.kind === 'refused'
    ? problem('ERR_SIGN_IN_FAILED')
    : answerWithSession(request, 200, outcome.account, body.value.delivery, context);
};
