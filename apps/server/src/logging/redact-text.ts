import { SECRET_NAME } from './secret-names.ts';

/**
 * Replaces whatever looks like a credential in a piece of text: our own tokens by their form, everything else by the
 * name before it (`password=…`, `"secret":"…"`, `Cookie: …`), at any depth of JSON escaping.
 *
 * It errs on the side of secrecy: a line of prose that reads `token: …` loses its end. Every step takes linear time,
 * because the text comes from whoever sends a request.
 */
export function redactText(text: string): string {
  let result = text;
  if (WORDS.test(result)) {
    result = redactNamed(result, NAMED);
    for (const { pattern, replacement } of SCHEMES) result = result.replace(pattern, replacement);
  }
  if (result.includes(JWK_HINT)) result = redactNamed(result, PRIVATE_JWK_MEMBER);
  if (result.includes(JWT_HINT)) result = result.replace(TOKEN_RUN, redactJwt);
  for (const { hint, pattern, replacement } of SHAPES) {
    if (result.includes(hint)) result = result.replace(pattern, replacement);
  }
  return result;
}

/** What stands where a secret was. */
export const REDACTED = '[redacted]';

/** Whether `redactText` could find anything in this text, or in a text that stands in it as a JSON string. */
export function mayHoldSecret(text: string): boolean {
  return WORDS.test(text) || HINTS.some((hint) => text.includes(hint));
}

const WORDS = new RegExp(`${SECRET_NAME}|bearer|dpop|basic`, 'i');

// After the name: the quote that closes it, the separator, the quote that opens the value; plain or percent-encoded.
const TO_VALUE =
  '(?<closing>\\\\*["\'`]\\]?|\\]|%(?:25){0,3}22)?\\s*(?<separator>=>|[:=]|%(?:25){0,3}3[ad])\\s*' +
  '(?<opening>\\\\*["\'`]|%(?:25){0,3}22)?';

const NAMED = new RegExp(`(?<name>${SECRET_NAME})${TO_VALUE}`, 'gi');
const JWK_HINT = 'kty';
const PRIVATE_JWK_MEMBER = new RegExp(`(?<name>["'](?:d|p|q|dp|dq|qi|k))${TO_VALUE}`, 'g');

function redactNamed(text: string, pattern: RegExp): string {
  let result = '';
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = pattern.lastIndex;
    const end = endOfValue(text, start, match.groups ?? {});
    pattern.lastIndex = end;
    if (end === start) continue;
    result += text.slice(done, start) + REDACTED;
    done = end;
  }
  return result + text.slice(done);
}

function endOfValue(text: string, start: number, found: Record<string, string | undefined>): number {
  const { name = '', closing, separator, opening } = found;
  if (opening?.startsWith('%')) return endAt(text, start, /%(?:25){0,3}22|[\s&"'`]/g);
  if (opening !== undefined) return endOfQuoted(text, start, opening);
  if (text.startsWith(REDACTED, start)) return start;
  // A whole structure under a secret name: where it ends is not worth being wrong about.
  if (text[start] === '{' || text[start] === '[') return text.length;
  if (closing?.endsWith('"')) return endAt(text, start, /[\s,}\]]/g);
  if (separator === '=' || separator?.toLowerCase().endsWith('3d')) {
    if (!/(?:authorization|cookies?)$/i.test(name)) return endAt(text, start, /[\s&"'`<>]/g);
  }
  return endAt(text, start, /[\r\n]/g);
}

// `util.inspect` writes a text of several lines as 'one\n' + 'two'.
const CONTINUATION = /(?:\s|\\+n)*\+(?:\s|\\+n)*(?<opening>\\*["'`])/y;

function endOfQuoted(text: string, start: number, opening: string): number {
  let end = closingQuote(text, start, opening);
  while (end < text.length) {
    CONTINUATION.lastIndex = end + opening.length;
    const next = CONTINUATION.exec(text)?.groups?.['opening'];
    if (next === undefined) break;
    end = closingQuote(text, CONTINUATION.lastIndex, next);
  }
  return end;
}

/**
 * JSON escaped n times over opens its strings with 2ⁿ − 1 backslashes and a quote. Escaping doubles what stands in
 * front of a quote, so it closes them where the count of backslashes leaves the same rest by twice that power.
 */
function closingQuote(text: string, start: number, opening: string): number {
  const quote = opening.slice(-1);
  const backslashes = opening.length - 1;
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    let before = 0;
    while (at - before > start && text[at - before - 1] === '\\') before += 1;
    if (before % (2 * backslashes + 2) === backslashes) return at - backslashes;
  }
  return text.length;
}

function endAt(text: string, start: number, stop: RegExp): number {
  stop.lastIndex = start;
  return stop.exec(text)?.index ?? text.length;
}

// What may surround a compact JWS without a break. The run is cut up by hand below: a pattern that looks for `eyJ` at
// every position of it would take quadratic time over `eyJeyJeyJ…`.
const TOKEN_RUN = /[\w.~-]+/g;
const JWT_HINT = 'eyJ';
const SHORTEST_HEADER = 12;

/** A JWT begins with `{"` in base64url, `eyJ`; that and one dot are enough: half a token is nobody's business either. */
function redactJwt(run: string): string {
  let segment = 0;
  for (let dot = run.indexOf('.'); dot !== -1; dot = run.indexOf('.', segment)) {
    const start = run.slice(segment, dot).indexOf(JWT_HINT);
    if (start !== -1 && dot - segment - start >= SHORTEST_HEADER)
      return run.slice(0, segment + start) + REDACTED;
    segment = dot + 1;
  }
  return run;
}

interface Shape {
  readonly pattern: RegExp;
  readonly replacement: string;
}

const SCHEMES: readonly Shape[] = [
  // RFC 6750 §2.1; what follows the scheme in a challenge or in prose is left alone.
  {
    pattern:
      /\b(bearer|dpop)((?:\s|%20|\+)+)(?!(?:tokens?|auth|authentication|authorization|realm|error|scope|scheme|algs|proofs?|header|or|and|is|was)(?:[\s,;:."')=]|$))[\w.~+/=%-]+/gi,
    replacement: `$1$2${REDACTED}`,
  },
  // RFC 7617; `basic` is a word as well, so what follows must not be one.
  {
    pattern: /\b([Bb]asic\s+)(?![A-Z]?[a-z]*(?:[^\w+/=-]|$))[\w+/=-]{4,}/g,
    replacement: `$1${REDACTED}`,
  },
];

const SHAPES: readonly (Shape & { readonly hint: string })[] = [
  // Our refresh tokens, client secrets and admin credentials; a piece of one counts too.
  { hint: 'wwr_', pattern: /wwr_[\w-]{8,}/g, replacement: REDACTED },
  { hint: 'wws_', pattern: /wws_[\w-]{8,}/g, replacement: REDACTED },
  { hint: 'wwcs_', pattern: /wwcs_[\w-]{8,}/g, replacement: REDACTED },
  { hint: 'wwadm_', pattern: /wwadm_[\w-]{8,}/g, replacement: REDACTED },
  // Cookies of ours and of others, wherever they are quoted.
  { hint: '__', pattern: /(__(?:Host|Secure)-[\w-]{1,64}=)[^;\s,"'\\]+/gi, replacement: `$1${REDACTED}` },
  {
    hint: 'PRIVATE KEY',
    pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,40}-----|$)/g,
    replacement: REDACTED,
  },
  // user:password@ of an address, RFC 3986 §3.2.1; parsers take the last @ for the one that separates.
  { hint: '//', pattern: /(\/\/[^\s/:@"']*:)[^\s/"']+(?=@)/g, replacement: `$1${REDACTED}` },
  // The query of an address: single-use codes of other people's protocols travel there.
  { hint: '?', pattern: /\?[\w.%~[\]-]{1,64}=[^\s"'`\\<>]*/g, replacement: `?${REDACTED}` },
  // JSON.parse quotes some of its input in its message, a few dozen characters.
  {
    hint: 'is not valid JSON',
    pattern: /(Unexpected token )[^]{0,200}?( is not valid JSON)/g,
    replacement: `$1${REDACTED}$2`,
  },
];

const HINTS: readonly string[] = [JWK_HINT, JWT_HINT, ...SHAPES.map(({ hint }) => hint)];
