import { parseKeyId, parseSessionId, parseTokenId } from './ids.ts';
import { recordFields, type RevocationRecord, type RevocationTarget } from './revocation.ts';
import { epochMs, type EpochMs } from './time.ts';

export { recordFields } from './revocation.ts';

/** The most records of one event of the feed. */
const MOST_RECORDS = 1000;

/** The longest text that records are read from, in characters. */
const LONGEST_TEXT = 1_048_576;

/** As long as a subject may be when a session is started for it. */
const LONGEST_SUBJECT = 255;

/** The last time that JavaScript has a date for. */
const LAST_MS = 8_640_000_000_000_000;

/** An entry of the log without its hash, which follows from the entries before it. */
export type UnhashedRecord = Omit<RevocationRecord, 'hash'>;

/** The text that `parseRecords` takes: an array of the arrays that the hashes of the entries cover. */
export function formatRecords(records: readonly UnhashedRecord[]): string {
  return JSON.stringify(records.map((record) => recordFields(record)));
}

/**
 * Reads entries of the log: at least one, at most 1000, numbered without a gap. A text that says the same in another spelling is refused, so
 * that the bytes which the hashes cover are the very ones that came.
 */
export function parseRecords(text: string): readonly UnhashedRecord[] | undefined {
  const rows = text.length <= LONGEST_TEXT ? parseRows(text) : undefined;
  if (rows === undefined || rows.length === 0 || rows.length > MOST_RECORDS) return undefined;
  const records: UnhashedRecord[] = [];
  for (const row of rows) {
    const record = readRecord(row);
    const last = records.at(-1);
    if (record === undefined || (last !== undefined && record.sequence !== last.sequence + 1))
      return undefined;
    records.push(record);
  }
  return formatRecords(records) === text ? records : undefined;
}

/** An array of arrays; what else it may be is for the caller to find. */
export function parseRows(text: string): readonly (readonly unknown[])[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.every((row) => Array.isArray(row)) ? value : undefined;
}

function readRecord(row: readonly unknown[]): UnhashedRecord | undefined {
  const [sequence, kind, id, beforeMs, at, expires] = row;
  const target = readTarget(kind, id, beforeMs);
  const atMs = readTime(at);
  const expiresMs = readTime(expires);
  const isNumbered = typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence > 0;
  if (!isNumbered || target === undefined || atMs === undefined || expiresMs === undefined) return undefined;
  return { sequence, target, atMs, expiresMs };
}

/** What an entry revokes, from its fields; `undefined` where they are not of the forms that their kind has. */
export function readTarget(kind: unknown, id: unknown, before: unknown): RevocationTarget | undefined {
  const beforeMs = readTime(before);
  if (beforeMs === undefined) return undefined;
  if (kind === 'all') return id === '' ? { kind, beforeMs } : undefined;
  if (kind === 'subject') return isSubject(id) ? { kind, subject: id, beforeMs } : undefined;
  return beforeMs === 0 ? readIdTarget(kind, id) : undefined;
}

function readIdTarget(kind: unknown, id: unknown): RevocationTarget | undefined {
  switch (kind) {
    case 'session': {
      const sessionId = parseSessionId(id);
      return sessionId && { kind, sessionId };
    }
    case 'token': {
      const tokenId = parseTokenId(id);
      return tokenId && { kind, tokenId };
    }
    case 'key': {
      const keyId = parseKeyId(id);
      return keyId && { kind, keyId };
    }
    default:
      return undefined;
  }
}

/** A whole number of milliseconds from 1970 on. */
export function readTime(value: unknown): EpochMs | undefined {
  const isTime = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= LAST_MS;
  return isTime ? epochMs(value) : undefined;
}

function isSubject(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_SUBJECT && value.isWellFormed();
}
