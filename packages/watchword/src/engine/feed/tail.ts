import { equalBytes } from '../../crypto/digest.ts';
import { recordFields } from '../../domain/feed-records.ts';
import type { LogHead, RevocationRecord } from '../../domain/revocation.ts';
import { chainRecords } from '../feed-format/record-chain.ts';
import { RECORDS_AT_ONCE } from './limits.ts';

/** What streams are sent from memory: who was away for longer is sent the rest from the store. */
const MOST_RECORDS = 8192;
const MOST_CHARACTERS = 2 ** 22;

/** The most characters of one event, of which verifiers take no more than a mebibyte. */
const MOST_PIECE_CHARACTERS = 2 ** 18;

/** What of the log follows upon a position, as it stands in the feed. */
export interface TailPiece {
  /** The entries as JSON arrays, between commas. */
  readonly text: string;
  /** Where the last of them is. */
  readonly head: LogHead;
}

/** The newest entries of the log, without a gap, as they are sent. */
export class Tail {
  #epoch = '';
  /** The number of the entry before the first; its hash is the first of `#hashes`. */
  #start = 0;
  /** A hash more than there are texts. */
  #hashes: Uint8Array[] = [];
  #texts: string[] = [];
  #characters = 0;

  /** Takes in entries that follow upon `from`: if that is not where the tail ends, it begins anew there. */
  append(records: readonly RevocationRecord[], from: LogHead): void {
    if (from.epoch !== this.#epoch || from.sequence !== this.#start + this.#texts.length) this.#reset(from);
    for (const record of records) {
      const text = JSON.stringify(recordFields(record));
      this.#texts.push(text);
      this.#hashes.push(record.hash);
      this.#characters += text.length;
    }
    // Twice as many are let grow, so that forgetting moves each entry once.
    if (this.#texts.length > 2 * MOST_RECORDS || this.#characters > 2 * MOST_CHARACTERS) this.#forget();
  }

  /** The hash of the entry with that number; `undefined` for one that is not kept. */
  hashAt({ epoch, sequence }: Pick<LogHead, 'epoch' | 'sequence'>): Uint8Array | undefined {
    return epoch === this.#epoch ? this.#hashes[sequence - this.#start] : undefined;
  }

  /** Some of the entries behind one that is kept; `undefined` where there are none, or others. */
  after({ epoch, sequence }: LogHead): TailPiece | undefined {
    const from = sequence - this.#start;
    if (epoch !== this.#epoch || from < 0 || from >= this.#texts.length) return undefined;
    const texts = firstPiece(this.#texts, from);
    const end = from + texts.length;
    const hash = this.#hashes[end];
    return hash && { text: texts.join(','), head: { epoch, sequence: this.#start + end, hash } };
  }

  /** Begins anew behind a position. */
  #reset({ epoch, sequence, hash }: LogHead): void {
    this.#epoch = epoch;
    this.#start = sequence;
    this.#hashes = [hash];
    this.#texts = [];
    this.#characters = 0;
  }

  #forget(): void {
    let kept = this.#texts.length;
    let characters = 0;
    while (kept > 0 && this.#texts.length - kept < MOST_RECORDS) {
      characters += this.#texts[kept - 1]?.length ?? 0;
      if (characters > MOST_CHARACTERS) break;
      kept -= 1;
    }
    this.#texts.splice(0, kept);
    this.#hashes.splice(0, kept);
    this.#start += kept;
    this.#characters = this.#texts.reduce((sum, text) => sum + text.length, 0);
  }
}

/** The entries of `records` that one event takes, of those that follow upon `after` without a gap. */
export function pieceOf(after: LogHead, records: readonly RevocationRecord[]): TailPiece | undefined {
  const [first] = records;
  const [begun] = chainRecords(after, records.slice(0, 1)) ?? [];
  // Whoever makes a position up costs one hash, not a thousand.
  if (first === undefined || begun === undefined || !equalBytes(begun.hash, first.hash)) return undefined;
  const texts = firstPiece(
    records.map((record) => JSON.stringify(recordFields(record))),
    0,
  );
  const some = records.slice(0, texts.length);
  const last = some.at(-1);
  const chained = chainRecords(after, some)?.at(-1);
  if (last === undefined || chained === undefined || !equalBytes(chained.hash, last.hash)) return undefined;
  return {
    text: texts.join(','),
    head: { epoch: after.epoch, sequence: last.sequence, hash: last.hash },
  };
}

function firstPiece(texts: readonly string[], from: number): readonly string[] {
  let end = from;
  for (let characters = 0; end < texts.length && end - from < RECORDS_AT_ONCE; end += 1) {
    characters += texts[end]?.length ?? 0;
    if (characters > MOST_PIECE_CHARACTERS && end > from) break;
  }
  return texts.slice(from, end);
}
