import { ID_WORDS, writeSessionIdWords, writeTokenIdWords } from '../../domain/ids.ts';
import type { RevocationRecord } from '../../domain/revocation.ts';
import { wholeSecond, type IdTable } from './id-table.ts';
import type { RevocationView } from './view.ts';

/**
 * Takes in a log whose entries may be millions, for a view that has few or none: an id at the end of a table costs a tenth of one
 * in its midst. So ids are gathered, and put in order at the end; meanwhile they take 20 bytes each, which are given back as the tables grow.
 */
export class FirstFill {
  readonly #view: RevocationView;
  readonly #sessions = new Gathered();
  readonly #tokens = new Gathered();
  readonly #words = new Uint32Array(ID_WORDS);

  constructor(view: RevocationView) {
    this.#view = view;
  }

  take(record: Pick<RevocationRecord, 'target' | 'expiresMs'>): void {
    const { target, expiresMs } = record;
    if (target.kind === 'session') {
      if (writeSessionIdWords(target.sessionId, this.#words, 0)) this.#sessions.add(this.#words, expiresMs);
    } else if (target.kind === 'token') {
      if (writeTokenIdWords(target.tokenId, this.#words, 0)) this.#tokens.add(this.#words, expiresMs);
    } else {
      this.#view.apply(record);
    }
  }

  /** Puts all of it into the view, in steps of some milliseconds. */
  *finish(): Generator<undefined, void> {
    yield* this.#sessions.moveInto(this.#view.known.sessions);
    yield* this.#tokens.moveInto(this.#view.known.tokens);
  }
}

/** Tables are ordered by the last word of an id: ids are gathered by its upper eight bits. */
const PARTS = 256;
const PART_SHIFT = 24;
const CHUNK_ENTRIES = 128;
const ENTRY_WORDS = ID_WORDS + 1;

/** Key and number of an entry make one number, exactly: more in one part would be ids that were chosen so. */
const MOST_IN_ORDER = 2 ** 20;

class Gathered {
  readonly #parts = Array.from({ length: PARTS }, (): Part => ({ chunks: [], size: 0 }));

  add(words: Uint32Array, expiresMs: number): void {
    const part = this.#parts[(words[ID_WORDS - 1] as number) >>> PART_SHIFT] as Part;
    const offset = part.size % CHUNK_ENTRIES;
    if (offset === 0) part.chunks.push(new Uint32Array(CHUNK_ENTRIES * ENTRY_WORDS));
    const chunk = part.chunks.at(-1) as Uint32Array;
    const at = offset * ENTRY_WORDS;
    for (let word = 0; word < ID_WORDS; word += 1) chunk[at + word] = words[word] as number;
    chunk[at + ID_WORDS] = wholeSecond(expiresMs / 1000);
    part.size += 1;
  }

  *moveInto(table: IdTable): Generator<undefined, void> {
    for (const part of this.#parts) {
      if (part.size === 0) continue;
      for (const number of inOrder(part)) {
        const chunk = chunkOf(part, number);
        const at = (number % CHUNK_ENTRIES) * ENTRY_WORDS;
        const expires = chunk[at + ID_WORDS] as number;
        // Those of one key are in no order, and one may be there already.
        if (!table.append(chunk, at, expires)) table.add(chunk, at, expires);
      }
      part.chunks = [];
      part.size = 0;
      yield;
    }
  }
}

interface Part {
  chunks: Uint32Array[];
  size: number;
}

function chunkOf({ chunks }: Part, number: number): Uint32Array {
  return chunks[Math.floor(number / CHUNK_ENTRIES)] as Uint32Array;
}

/** The numbers of the entries, in the order of their keys. */
function* inOrder(part: Part): Generator<number, void> {
  const order = new Float64Array(Math.min(part.size, MOST_IN_ORDER));
  for (let number = 0; number < order.length; number += 1) {
    const key = chunkOf(part, number)[(number % CHUNK_ENTRIES) * ENTRY_WORDS + ID_WORDS - 1] as number;
    order[number] = key * MOST_IN_ORDER + number;
  }
  order.sort();
  for (const value of order) yield value % MOST_IN_ORDER;
  for (let number = order.length; number < part.size; number += 1) yield number;
}
