import { isSecretHeader, isSecretName } from './secret-names.ts';
import { mayHoldSecret, REDACTED, redactText } from './redact-text.ts';

/**
 * The last thing that happens to a line of the log, after every serializer: what was serialised is read back, checked
 * member by member and string by string, and written again. Nothing that was logged, however it was nested, goes
 * around it, and it never throws.
 */
export function redactLine(line: string): string {
  // Most lines hold nothing that even resembles a secret; this spares them nine tenths of the cost.
  if (!mayHoldSecret(line) && !BYTES_HINTS.some((hint) => line.includes(hint))) return escapeInvisible(line);
  try {
    return `${escapeInvisible(JSON.stringify(redactValue(JSON.parse(line) as Json, 0)))}\n`;
  } catch {
    // Rather no line than one that nobody has looked at.
    return `{"level":"error","msg":"A line of the log could not be checked for secrets and was left out."}\n`;
  }
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const DEEPEST = 32;

function redactValue(value: Json, depth: number): Json {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '[too deep]';
  return Array.isArray(value) ? redactArray(value, depth + 1) : redactObject(value, depth + 1);
}

function redactArray(values: Json[], depth: number): Json[] {
  return values.map((value, index) => {
    const before = index === 0 ? undefined : values[index - 1];
    // Node's `rawHeaders` and the entries of a `Headers` have the name in front of the value.
    if (typeof before === 'string' && isSecretHeader(before)) return REDACTED;
    return redactValue(value, depth);
  });
}

function redactObject(object: { [name: string]: Json }, depth: number): Json {
  const names = Object.keys(object);
  const bytes = countBytes(object, names);
  if (bytes !== undefined) return `[${bytes} bytes]`;
  const isJwk = 'kty' in object;
  // Without a prototype, so that a member called __proto__ is a member.
  const result = Object.create(null) as { [name: string]: Json };
  for (const name of names) {
    const value = object[name] ?? null;
    const hidden = isSecretName(name) || (isJwk && PRIVATE_JWK_MEMBERS.has(name));
    result[redactText(name)] = hidden ? redactWhole(value) : redactValue(value, depth);
  }
  return result;
}

// RFC 7518 §6.2.2, §6.3.2 and §6.4.
const PRIVATE_JWK_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']);

/** That there was none, or whether there was one, is worth a line in a log and gives nothing away. */
function redactWhole(value: Json): Json {
  return value === null || typeof value === 'boolean' ? value : REDACTED;
}

const FEWEST_BYTES = 8;
const BYTES_HINTS = ['"0":', '"Buffer"'];

/** Secrets are bytes in this code base, and bytes are serialised number by number: a count says enough. */
function countBytes(object: { [name: string]: Json }, names: string[]): number | undefined {
  const { type, data } = object;
  if (type === 'Buffer' && Array.isArray(data) && names.length === 2) return data.length;
  if (names.length < FEWEST_BYTES || names[0] !== '0') return undefined;
  return names.every((name, index) => name === String(index) && isByte(object[name]))
    ? names.length
    : undefined;
}

function isByte(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xff;
}

/**
 * JSON leaves alone what terminals, editors and log viewers act on: DEL and the C1 controls (one of them begins an
 * escape sequence), the line separators, marks that turn the direction of text around.
 */
function escapeInvisible(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
