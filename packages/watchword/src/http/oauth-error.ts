import { describeError, type ErrorCode } from '../errors/catalogue.ts';
import { WatchwordError } from '../errors/watchword-error.ts';
import type { Header, NeutralResponse } from './neutral.ts';
import { errorDescription, errorPagePath } from './problem.ts';
import { respondJson } from './respond.ts';

/** RFC 6749 §5.2 and RFC 7009 §2.2.1. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type';

/** RFC 6749 §5.1: whatever may carry a token says it to caches of HTTP/1.0 too. */
export const NO_CACHE: Header = ['pragma', 'no-cache'];

const BASIC_CHALLENGE: Header = ['www-authenticate', 'Basic realm="watchword", charset="UTF-8"'];

/** Answers a refusal as RFC 6749 §5.2 has it. The sentence is ours and repeats nothing of the request. */
export function oauthError(error: OAuthErrorCode, sentence: string, status = 400): NeutralResponse {
  if (error !== 'invalid_client') return answer(status, { error, error_description: sentence });
  return answer(401, { error, error_description: sentence }, [BASIC_CHALLENGE]);
}

/** What broke, or cannot be answered now; the members of a problem document stand beside those of OAuth. */
export function oauthFailure(error: unknown): NeutralResponse {
  const code: ErrorCode = error instanceof WatchwordError ? error.code : 'ERR_INTERNAL';
  const { status, title, sentence, retryAfterSeconds } = describeError(code);
  const name = status === 503 ? 'temporarily_unavailable' : 'server_error';
  const retry: Header[] = retryAfterSeconds === undefined ? [] : [['retry-after', String(retryAfterSeconds)]];
  const problem = { type: errorPagePath(code), title, status, detail: sentence, code };
  return answer(status, { error: name, error_description: errorDescription(sentence), ...problem }, retry);
}

function answer(status: number, body: object, headers: readonly Header[] = []): NeutralResponse {
  return respondJson(status, body, [NO_CACHE, ...headers]);
}
