import { createHash } from 'node:crypto';

/** What was read of a stream; without a message it was no relay that wrote it. */
export interface StreamEntry {
  readonly id: string;
  readonly message?: { readonly origin: string; readonly bytes: Uint8Array };
}

/** Before all entries. */
export const BEGINNING = '0-0';
export const LONGEST_MESSAGE = 1024 * 1024;

const ID = /^\d{1,20}-\d{1,20}$/;
const ORIGIN_FIELD = 'from';
const MESSAGE_FIELD = 'message';
const LONGEST_ORIGIN = 64;

/** In braces stands what a Redis cluster distributes keys by. */
export function streamName(installation: string): string {
  return `watchword:{${createHash('sha256').update(installation).digest('hex').slice(0, 32)}}:feed`;
}

export function entryFields(origin: string, message: Uint8Array): readonly (string | Buffer)[] {
  // A copy: it is sent some time later.
  return [ORIGIN_FIELD, origin, MESSAGE_FIELD, Buffer.from(message)];
}

/** The entries in the answer to `XREVRANGE`, or of one stream in that to `XREAD`. Throws where the answer is none of these. */
export function parseEntries(answer: unknown): readonly StreamEntry[] {
  return list(answer).map((item) => {
    const [id, fields] = list(item);
    return { id: parseId(id), ...parseFields(fields) };
  });
}

/** The same of `XREAD` on a single stream, which answers with nothing where nothing came. */
export function parseReading(answer: unknown): readonly StreamEntry[] {
  return answer === null ? [] : parseEntries(list(list(answer)[0])[1]);
}

/** Whether the first of two entries was added before the second. */
export function isBefore(first: string, second: string): boolean {
  const [firstMs, firstCount] = numbersOf(first);
  const [secondMs, secondCount] = numbersOf(second);
  return firstMs < secondMs || (firstMs === secondMs && firstCount < secondCount);
}

function parseFields(fields: unknown): Pick<StreamEntry, 'message'> {
  if (!Array.isArray(fields) || fields.length !== 4) return {};
  const [originField, origin, messageField, bytes] = fields as unknown[];
  if (textOf(originField) !== ORIGIN_FIELD || textOf(messageField) !== MESSAGE_FIELD) return {};
  if (!(origin instanceof Uint8Array) || origin.byteLength > LONGEST_ORIGIN) return {};
  if (!(bytes instanceof Uint8Array) || bytes.byteLength > LONGEST_MESSAGE) return {};
  return { message: { origin: textOf(origin), bytes } };
}

function parseId(value: unknown): string {
  const id = textOf(value);
  if (!ID.test(id)) throw new TypeError('Redis answered with an entry that has no id');
  return id;
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : '';
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('Redis answered with something else than entries');
  return value as unknown[];
}

function numbersOf(id: string): readonly [bigint, bigint] {
  const [ms = '0', count = '0'] = id.split('-');
  return [BigInt(ms), BigInt(count)];
}
