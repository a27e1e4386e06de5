import type { Handler } from '../handler.ts';
import { problem } from '../problem.ts';
import { readCredentials } from '../read-credentials.ts';
import { answerWithSession } from '../sign-in-answer.ts';

/** `POST /auth/sign-in` */
export const signIn: Handler = async (request, context) => {
  const reading = await readCredentials(request, context);
  if (reading.kind === 'refused') return reading.response;
  const { accounts, credentials } = reading;
  const outcome = await accounts.signIn(credentials);
  return outcome.kind === 'refused'
    ? problem('ERR_SIGN_IN_FAILED')
    : answerWithSession(request, 200, outcome.account, credentials, context);
};
