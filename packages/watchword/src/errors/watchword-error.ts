import { describeError, type ErrorCode } from './catalogue.ts';

export interface WatchwordErrorOptions {
  /** For logs only: what exactly went wrong. It never contains a token, a secret or a password. */
  readonly detail?: string;
  readonly cause?: unknown;
}

/** The one class that the library throws. Branch on `code`; show `message` to anybody; log `detail`. */
export class WatchwordError extends Error {
  override readonly name = 'WatchwordError';
  readonly code: ErrorCode;
  readonly detail?: string;

  constructor(code: ErrorCode, options: WatchwordErrorOptions = {}) {
    super(describeError(code).sentence, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    if (options.detail !== undefined) this.detail = options.detail;
  }

  /** The HTTP status that goes with the code. */
  get status(): number {
    return describeError(this.code).status;
  }
}

/** A configuration that is refused at start-up: its message is the sentence that says what to write instead. */
export class ConfigurationError extends WatchwordError {
  constructor(sentence: string, options: { readonly cause?: unknown } = {}) {
    super('ERR_CONFIG', options);
    this.message = sentence;
  }
}

/** A wrong argument of a call: its message says which, and what to write instead. */
export class ArgumentError extends WatchwordError {
  constructor(sentence: string) {
    super('ERR_OPTION');
    this.message = sentence;
  }
}

/** A claim that does not belong into a payload: its message names the claim and what it seems to hold, never the value. */
export class ClaimRefusedError extends WatchwordError {
  constructor(claim: string, what: string) {
    super('ERR_CLAIM_SENSITIVE', { detail: `the claim ${JSON.stringify(claim)} holds ${what}` });
    this.message =
      `The claim ${JSON.stringify(claim)} seems to hold ${what}, which everybody who holds the token can read. Leave it out and ` +
      'look it up by the subject; if it has to be there, name the claim in `unsafeAllowClaims`.';
  }
}

/** A key that is not used: its message says what is wrong with it and what to use, and never shows a part of it. */
export class KeyRefusedError extends WatchwordError {
  constructor(sentence: string, options: { readonly cause?: unknown } = {}) {
    super('ERR_KEY_REFUSED', options);
    this.message = sentence;
  }
}
