/** What JSON can carry (RFC 8259 §3). */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

export interface JsonLimits {
  /** How many arrays and objects may stand inside each other. */
  readonly maxDepth: number;
}

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Parses JSON as RFC 8259 has it and refuses what it leaves open: repeated members, a member named `__proto__`, and
 * nesting deeper than `maxDepth`. Gives `undefined` for anything refused; never throws, and runs in linear time.
 */
export function parseStrictJson(text: string, limits: JsonLimits): JsonValue | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  const isStrict =
    isPlainlyStrict(text, value, limits.maxDepth) || membersAreUnambiguous(text, limits.maxDepth);
  return isStrict ? value : undefined;
}

/**
 * The short way for what most documents are. Of a repeated member `JSON.parse` keeps one, so that there are fewer members than
 * the text has names. A string that begins with a colon counts as a name, and takes the long way.
 */
function isPlainlyStrict(text: string, value: JsonValue, maxDepth: number): boolean {
  const names = countNames(text);
  return names !== undefined && names === countMembers(value, maxDepth);
}

/** How often a colon follows a quote; `undefined` where names may be hidden from that by a backslash or white space. */
function countNames(text: string): number | undefined {
  let names = 0;
  let before = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === BACKSLASH) return undefined;
    if (character === COLON) {
      if (before === QUOTE) names += 1;
      else if (before <= SPACE) return undefined;
    }
    before = character;
  }
  return names;
}

/** How many members the objects in `value` have; none that could be right where it is nested too deep or has a `__proto__`. */
function countMembers(value: JsonValue, depthLeft: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depthLeft === 0) return Number.NaN;
  let members = 0;
  if (Array.isArray(value)) {
    for (const one of value as readonly JsonValue[]) {
      if (typeof one === 'object') members += countMembers(one, depthLeft - 1);
    }
    return members;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') return Number.NaN;
    const one = (value as JsonObject)[name];
    members += 1;
    if (typeof one === 'object') members += countMembers(one, depthLeft - 1);
  }
  return members;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Looks at strings and brackets only: whether they form valid JSON is for `JSON.parse` to say. */
function membersAreUnambiguous(text: string, maxDepth: number): boolean {
  const membersSeen: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === OPEN_OBJECT || character === OPEN_ARRAY) {
      if (membersSeen.length >= maxDepth) return false;
      membersSeen.push(character === OPEN_OBJECT ? new Set() : undefined);
    } else if (character === CLOSE_OBJECT || character === CLOSE_ARRAY) {
      membersSeen.pop();
    } else if (character === QUOTE) {
      const end = endOfString(text, at);
      const members = membersSeen.at(-1);
      if (members !== undefined && nextIsColon(text, end + 1)) {
        const name = memberName(text.slice(at, end + 1));
        if (name === undefined || name === '__proto__' || members.has(name)) return false;
        members.add(name);
      }
      at = end;
    }
  }
  return true;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at;
}

function nextIsColon(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1;
  return text.charCodeAt(at) === COLON;
}

function memberName(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
