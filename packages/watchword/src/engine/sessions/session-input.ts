import type { JsonObject } from '../../domain/json.ts';
import { isJsonObject } from '../../domain/json.ts';
import { placeOf, type Caller, type SessionPlace } from '../../domain/place.ts';
import type { Delivery } from '../../domain/session.ts';
import type { EngineSettings } from '../context.ts';
import { ArgumentError } from '../../errors/watchword-error.ts';
import { freeClaims } from '../tokens/reserved.ts';

/** What an application says when it starts a session. */
export interface StartSession {
  /** The application's own name for the user: the `sub` of the tokens. */
  readonly subject: string;
  /** Default: the installation's. */
  readonly audience?: string | readonly string[];
  /** Scope values, as an array or separated by spaces. Default: none. */
  readonly scope?: string | readonly string[];
  /** How the user proved themselves, RFC 8176: `['pwd']`, `['pwd', 'otp']`. */
  readonly amr?: readonly string[];
  /** Claims that each access token of the session repeats: at most 2048 characters of JSON. */
  readonly claims?: JsonObject;
  /** The client's id. Default: `app`. */
  readonly client?: string;
  /** Whether the session outlives the browser: "keep me signed in". Default: `true`. */
  readonly remember?: boolean;
  /** The client's IP address, of which only the network is kept. Default: unknown; the request's where there is one. */
  readonly address?: string;
  /** What the client calls itself. Default: unknown; the request's where there is one. */
  readonly userAgent?: string;
  /**
   * The credential of before that the user gives up for this session, which the application has verified: a token, or the id of
   * a session. It is good for one session (`ERR_EXCHANGED`). Default: none.
   */
  readonly exchanges?: string;
}

/** The same, complete and checked. */
export interface SessionInput extends SessionPlace {
  readonly subject: string;
  readonly clientId: string;
  readonly delivery: Delivery;
  readonly remembered: boolean;
  readonly audience: readonly string[];
  readonly scope: readonly string[];
  readonly amr: readonly string[];
  readonly claims: JsonObject;
}

/** The client of sessions for which none is named. */
export const DEFAULT_CLIENT_ID = 'app';

const MAX_TEXT_LENGTH = 255;
const MAX_CLAIMS_LENGTH = 2048;
const MAX_LIST_LENGTH = 50;

/** RFC 6749 §3.3: printable ASCII without space, quote and backslash. */
const SCOPE_VALUE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Fills in the defaults and refuses what is wrong with an `ArgumentError`. */
export function completeSessionInput(
  input: StartSession,
  delivery: Delivery,
  { audience: defaultAudience, allowedClaims }: Pick<EngineSettings, 'audience' | 'allowedClaims'>,
): SessionInput {
  const { subject, amr = [], claims = {}, client = DEFAULT_CLIENT_ID, remember = true } = input;
  const audience = audienceList(input.audience) ?? defaultAudience;
  const scope = scopeValues(input.scope);
  assertText('subject', subject);
  assertText('client', client);
  assertList('amr', amr);
  if (typeof remember !== 'boolean') throw new ArgumentError('`remember` has to be `true` or `false`.');
  assertCaller(input);
  return {
    subject,
    clientId: client,
    delivery,
    remembered: remember,
    audience,
    scope,
    amr,
    claims: checkClaims(claims, allowedClaims),
    ...placeOf(input),
  };
}

/** What says where somebody calls from is a text or missing. */
export function assertCaller({ address, userAgent }: Caller): void {
  for (const [name, value] of Object.entries({ address, userAgent })) {
    if (value === undefined || typeof value === 'string') continue;
    throw new ArgumentError(`\`${name}\` has to be a string, or left out.`);
  }
}

/** One or several audiences, as several; `undefined` stays. */
export function audienceList(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list: unknown = typeof value === 'string' ? [value] : value;
  assertList('audience', list);
  if (list.length === 0) throw new ArgumentError('`audience` has to name at least one audience.');
  return list;
}

/** Scope values from an array, or from a text that separates them by spaces (RFC 6749 §3.3). */
export function scopeValues(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const list: unknown = typeof value === 'string' ? value.split(' ').filter((part) => part !== '') : value;
  assertList('scope', list);
  if (list.length === 0 && typeof value === 'string') {
    throw new ArgumentError('`scope` is empty: leave it out, or name a value.');
  }
  if (!list.every((one) => SCOPE_VALUE.test(one))) {
    throw new ArgumentError('A scope value has no spaces, quotes or backslashes: give several as an array.');
  }
  return list;
}

function checkClaims(claims: unknown, allowed: ReadonlySet<string>): JsonObject {
  if (!isJsonObject(claims)) throw new ArgumentError('`claims` has to be an object.');
  const checked = freeClaims(claims, allowed);
  if (JSON.stringify(checked).length > MAX_CLAIMS_LENGTH) {
    throw new ArgumentError(
      `\`claims\` may have ${MAX_CLAIMS_LENGTH} characters of JSON: put an id into the token and look the rest up.`,
    );
  }
  return checked;
}

/** Whether users can have it for a name. */
export function isSubject(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT_LENGTH && isPlainText(value);
}

export function assertText(name: string, value: unknown): asserts value is string {
  if (!isSubject(value)) {
    throw new ArgumentError(
      `\`${name}\` has to be a string of 1 to ${MAX_TEXT_LENGTH} characters without control characters.`,
    );
  }
}

/** Half a surrogate pair is kept by a database as a replacement character, which is another subject. */
function isPlainText(value: string): boolean {
  return value.isWellFormed() && !/\p{Cc}/u.test(value);
}

function assertList(name: string, value: unknown): asserts value is readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_LIST_LENGTH) {
    throw new ArgumentError(`\`${name}\` has to be an array of at most ${MAX_LIST_LENGTH} strings.`);
  }
  for (const element of value) assertText(name, element);
}
