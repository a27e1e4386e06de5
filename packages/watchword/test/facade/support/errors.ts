import assert from 'node:assert/strict';
import { ConfigurationError, WatchwordError } from '../../../src/errors/watchword-error.ts';
import type { ErrorCode } from '../../../src/errors/catalogue.ts';

/** The code with which a call is refused; fails if it is not refused, or with an error that is not the library's. */
export function codeOf(run: () => unknown): ErrorCode {
  return thrown(run).code;
}

export function thrown(run: () => unknown): WatchwordError {
  try {
    run();
  } catch (error) {
    return own(error);
  }
  return assert.fail('the call was not refused');
}

/** The same for a call that awaits. */
export async function rejection(promise: Promise<unknown>): Promise<WatchwordError> {
  try {
    await promise;
  } catch (error) {
    return own(error);
  }
  return assert.fail('the call was not refused');
}

/** The sentence with which a configuration is refused. */
export async function refusedSentence(promise: Promise<unknown>): Promise<string> {
  const error = await rejection(promise);
  assert.ok(error instanceof ConfigurationError, `a ConfigurationError, not ${error.code}`);
  assert.match(error.message, /^[A-Z`].*[.?]$/s, 'it is a sentence');
  return error.message;
}

function own(error: unknown): WatchwordError {
  assert.ok(error instanceof WatchwordError, `not an error of the library: ${String(error)}`);
  return error;
}
