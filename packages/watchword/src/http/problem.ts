import { describeError, type ErrorCode } from '../errors/catalogue.ts';
import { WatchwordError } from '../errors/watchword-error.ts';
import type { Header, NeutralResponse } from './neutral.ts';
import type { HttpSettings } from './settings.ts';

/** One member of a body that was wrong. Neither part repeats what was sent. */
export interface MemberProblem {
  readonly member: string;
  readonly problem: string;
}

export interface ProblemExtras {
  readonly errors?: readonly MemberProblem[];
  /** What is said to developers behind the sentence of the code; never where strangers could read it. */
  readonly explanation?: string | undefined;
  readonly headers?: readonly Header[];
}

/** Where the page of a code is, relative to the origin that answers. */
export function errorPagePath(code: ErrorCode): string {
  return `/auth/errors/${code}`;
}

/** Problem details, RFC 9457, with the challenge of RFC 6750 §3 and the Retry-After that belong to the code. */
export function problem(code: ErrorCode, extras: ProblemExtras = {}): NeutralResponse {
  const { status, title, sentence, bearer, retryAfterSeconds } = describeError(code);
  const headers: Header[] = [['content-type', 'application/problem+json; charset=utf-8']];
  if (status === 401 || bearer !== undefined) headers.push(['www-authenticate', challenge(bearer, sentence)]);
  if (retryAfterSeconds !== undefined) headers.push(['retry-after', String(retryAfterSeconds)]);
  if (extras.headers !== undefined) headers.push(...extras.headers);
  const body = {
    type: errorPagePath(code),
    title,
    status,
    detail: extras.explanation === undefined ? sentence : `${sentence} ${extras.explanation}`,
    code,
    ...(extras.errors !== undefined && { errors: extras.errors }),
  };
  return { status, headers, body: JSON.stringify(body) };
}

/** What an error that was thrown is answered with: nothing of it but its code. */
export function problemOf(error: unknown, { explains }: HttpSettings): NeutralResponse {
  if (!(error instanceof WatchwordError)) return problem('ERR_INTERNAL');
  const { code, detail } = error;
  return problem(code, { explanation: explains && code === 'ERR_CROSS_SITE' ? detail : undefined });
}

function challenge(bearer: string | undefined, sentence: string): string {
  // RFC 6750 §3: the scheme is followed by one parameter at least.
  if (bearer === undefined) return 'Bearer realm="watchword"';
  return `Bearer error="${bearer}", error_description="${errorDescription(sentence)}"`;
}

/** RFC 6750 §3 and RFC 6749 §5.2: an `error_description` is ASCII without quotes and backslashes. */
export function errorDescription(sentence: string): string {
  return sentence.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
}
