import type { JsonObject, JsonValue } from './json.ts';

/** Issuers make few kinds of tokens. */
const MOST_SHAPES = 4;
const MOST_MEMBERS = 32;
const LONGEST_NAME = 64;

/** After the first few unknown texts only each 256th is learned from: a new shape costs as much as some hundred readings save. */
const UNKNOWN_FOR_EACH = 256;

/** Members whose names mean nothing to a regular expression, and are what they are spelled as. `__proto__` is none. */
const PLAIN_NAME = /^(?!__proto__$)[A-Za-z0-9_:/-]+$/;

/*
 * Each of these matches some of the texts that JSON has for values of a type, so that what matches means the same to `JSON.parse`.
 * What is between quotes has no quote, no backslash, no control character and is ASCII: there is one way to match, and none to try again.
 */
const PLAIN = '[^"\\\\\\x00-\\x1f\\x7f-\\uffff]*';
const STRING = `"(${PLAIN})"`;
const INTEGER = '(0|[1-9][0-9]{0,14})';
const STRINGS = `\\[("${PLAIN}"(?:,"${PLAIN}")*)\\]`;

interface Member {
  readonly name: string;
  readonly pattern: string;
  read(text: string): JsonValue;
}

interface Shape {
  readonly text: RegExp;
  readonly members: readonly Member[];
  /** An object of the shape, to be copied: the copy has all members in order from the beginning. */
  readonly blank: JsonObject;
}

/**
 * Reads JSON objects that look like those before: the same members in the same order, without white space, whose values are plain
 * strings, whole numbers that are not negative, and arrays of plain strings. Such a text matches one regular expression, which gives the values and
 * leaves nothing to check: no member twice, no `__proto__`, no nesting. Anything else is for `parseStrictJson` to read.
 */
export class JsonShapes {
  #shapes: readonly Shape[] = [];
  #unknown = 0;

  /** What `parseStrictJson` would give; `undefined` for texts of no known shape, be they right or wrong. */
  read(text: string): JsonObject | undefined {
    for (const shape of this.#shapes) {
      const match = shape.text.exec(text);
      if (match !== null) return objectOf(shape, match);
    }
    return undefined;
  }

  /**
   * Lets texts like this one, which is of no known shape, be read from now on. Only what somebody trusted wrote may be handed over: there is
   * room for few.
   */
  learn(text: string, value: JsonObject): void {
    this.#unknown += 1;
    if (this.#unknown > MOST_SHAPES && this.#unknown % UNKNOWN_FOR_EACH !== 0) return;
    const shape = shapeOf(value);
    if (shape?.text.test(text) !== true) return;
    this.#shapes = [shape, ...this.#shapes.slice(0, MOST_SHAPES - 1)];
  }
}

function objectOf({ members, blank }: Shape, match: RegExpExecArray): JsonObject {
  const object: Record<string, JsonValue> = { ...blank };
  for (let index = 0; index < members.length; index += 1) {
    const { name, read } = members[index] as Member;
    object[name] = read(match[index + 1] as string);
  }
  return object;
}

function shapeOf(value: JsonObject): Shape | undefined {
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > MOST_MEMBERS) return undefined;
  const members = entries.map(([name, one]) => memberOf(name, one));
  if (!members.every((member) => member !== undefined)) return undefined;
  const pattern = members.map(({ name, pattern: one }) => `"${name}":${one}`).join(',');
  const blank = Object.fromEntries(members.map(({ name, read }) => [name, read('0')]));
  return { text: new RegExp(`^\\{${pattern}\\}$`), members, blank };
}

function memberOf(name: string, value: JsonValue): Member | undefined {
  if (name.length > LONGEST_NAME || !PLAIN_NAME.test(name)) return undefined;
  if (typeof value === 'string') return { name, pattern: STRING, read: (text) => text };
  if (typeof value === 'number') return { name, pattern: INTEGER, read: Number };
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) return undefined;
  return { name, pattern: STRINGS, read: (text) => text.slice(1, -1).split('","') };
}
