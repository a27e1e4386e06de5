import type { Handler } from '../handler.ts';
import { problem } from '../problem.ts';
import { readCredentials } from '../read-credentials.ts';
import { answerWithSession } from '../sign-in-answer.ts';

/** `POST /auth/sign-up` */
export const signUp: Handler = async (request, context) => {
  const reading = await readCredentials(request, context);
  if (reading.kind === 'refused') return reading.response;
  const { accounts, credentials } = reading;
  const outcome = await accounts.signUp(credentials);
  return outcome.kind === 'refused'
    ? problem(outcome.code)
    : answerWithSession(request, 201, outcome.account, credentials, context);
};
