import { ID_WORDS } from '../../domain/ids.ts';
import { ENTRY_BYTES, Entries } from './entries.ts';
import { KeyFilter } from './key-filter.ts';
import { PAGE_MASK } from './page-pool.ts';
import { SEGMENT_ENTRIES } from './segments.ts';

/** A segment and the one before it that have no more entries than this together become one when they are pruned. */
const MERGED_ENTRIES = (SEGMENT_ENTRIES * 3) / 4;

/** Segments that are filled in order begin with so many entries: what is added between them later has room. */
const APPENDED_ENTRIES = (SEGMENT_ENTRIES * 3) / 4;

/** An entry that expires then never does. */
const LAST_SECOND = 0xffff_ffff;

/** How many entries one call of `prune` looks at: some tenths of a millisecond. */
const PRUNED_AT_ONCE = 8192;

/** How many pages one call of `prune` moves to give memory back. */
const MOVED_AT_ONCE = 512;

export { ENTRY_BYTES } from './entries.ts';

/** How far a table was read: up to an id, and so it stays true while the table changes. */
export class IdCursor {
  readonly words = new Uint32Array(ID_WORDS);
  hasBegun = false;
}

/**
 * A set of 128-bit ids, each with the second from which on it does not matter any more: exact, in flat arrays, some 22 bytes
 * for each. It is a B+-tree of two levels whose leaves are paged. The entries lie in the order of their keys (the last word
 * of the id), then of the other words, and are cut into segments of at most 512. A segment's entries fill pages of 32, all full but the
 * last, so that it grows by a page, and splits in two without copying. The last word of an id is random, so that a search guesses
 * where it stands and is nearly right; where ids were chosen so that it is not, the search still halves what is left.
 */
export class IdTable {
  readonly #entries = new Entries();
  readonly #segments = this.#entries.segments;
  readonly #filter = new KeyFilter();
  #size = 0;
  /** The place where the next call of `prune` goes on. */
  #pruneFrom = 0;
  /** What `prune` was told when it last began with the first place. */
  #passSeconds = 0;
  /** What it was told last. */
  #nowSeconds = 0;

  /** How many ids there are, those included that have expired and were not dropped yet. */
  get size(): number {
    return this.#size;
  }

  /** The memory that the table holds, an estimate of what each array costs besides its content included. */
  get bytes(): number {
    return this.#entries.bytes + this.#filter.bytes;
  }

  /** `false` if no id that ends in this word is there. */
  mayHave(lastWord: number): boolean {
    return this.#size > 0 && this.#filter.mayHave(lastWord);
  }

  /** Whether the id is there whose four words stand in `words` from `at` on. */
  has(words: Uint32Array, at: number): boolean {
    if (!this.mayHave(words[at + 3] as number)) return false;
    const place = this.#place(words, at);
    return this.#isAt(place, this.#index(place, words, at), words, at);
  }

  /** Adds an id, or lets it expire later if it is there. */
  add(words: Uint32Array, at: number, expiresSeconds: number): void {
    const expires = wholeSecond(expiresSeconds);
    const { order, sizes, earliest } = this.#segments;
    if (this.#segments.count === 0) this.#segments.insert(0, words[at + 3] as number);
    let place = this.#place(words, at);
    let index = this.#index(place, words, at);
    if (this.#isAt(place, index, words, at)) {
      this.#entries.extend(order[place] as number, index, expires);
      return;
    }
    const size = sizes[order[place] as number] as number;
    if ((size & PAGE_MASK) === 0 && (earliest[order[place] as number] as number) <= this.#nowSeconds) {
      this.#size -= this.#entries.dropExpired(order[place] as number, this.#nowSeconds);
      this.#filterAgain(place);
      if (sizes[order[place] as number] !== 0)
        this.#segments.setFence(place, this.#entries.key(order[place] as number, 0));
      index = this.#index(place, words, at);
    }
    if (sizes[order[place] as number] === SEGMENT_ENTRIES) {
      this.#entries.split(place);
      this.#filterAgain(place);
      this.#filterAgain(place + 1);
      place = this.#place(words, at);
      index = this.#index(place, words, at);
    }
    this.#entries.insert(this.#segments.order[place] as number, index, words, at, expires);
    // Also where what came first has expired.
    if (index === 0) this.#segments.setFence(place, words[at + 3] as number);
    this.#size += 1;
    this.#filter.fit(this.#size);
    this.#filter.add(words[at + 3] as number);
  }

  /** Adds an id that comes after all others in the order of the table. If it does not, it is not added, and `false` says so. */
  append(words: Uint32Array, at: number, expiresSeconds: number): boolean {
    const { count, order, sizes } = this.#segments;
    const key = words[at + 3] as number;
    let number = count === 0 ? -1 : (order[count - 1] as number);
    let size = count === 0 ? SEGMENT_ENTRIES : (sizes[number] as number);
    if (count > 0 && this.#entries.compare(number, size - 1, words, at) >= 0) return false;
    if (size >= APPENDED_ENTRIES) {
      number = this.#segments.insert(count, key);
      size = 0;
    }
    this.#entries.insert(number, size, words, at, wholeSecond(expiresSeconds));
    this.#size += 1;
    this.#filter.fit(this.#size);
    this.#filter.add(key);
    return true;
  }

  /**
   * Writes the next entries in order, at most `most`, and moves the cursor behind them: 16 bytes for the id, 4 for its expiry in
   * seconds, most significant first. Gives how many there were. An entry that is there from the first call to the last is
   * never missed, whatever is added and dropped between two calls.
   */
  read(cursor: IdCursor, into: DataView, most: number): number {
    const { order, sizes, count } = this.#segments;
    if (count === 0) return 0;
    let place = 0;
    let index = 0;
    if (cursor.hasBegun) {
      place = this.#place(cursor.words, 0);
      index = this.#index(place, cursor.words, 0);
      if (this.#isAt(place, index, cursor.words, 0)) index += 1;
    }
    let written = 0;
    for (; place < count && written < most; place += 1) {
      const number = order[place] as number;
      const end = Math.min(sizes[number] as number, index + most - written);
      this.#entries.write(number, index, end, into, written * ENTRY_BYTES);
      written += end - index;
      index = 0;
    }
    if (written === 0) return 0;
    const last = (written - 1) * ENTRY_BYTES;
    for (let word = 0; word < ID_WORDS; word += 1) cursor.words[word] = into.getUint32(last + word * 4);
    cursor.hasBegun = true;
    return written;
  }

  /**
   * Drops what has expired and gives memory back, as much as can be done in a moment, and goes on where the call before
   * stopped. Tells whether something is left that was not looked at with this time.
   */
  prune(nowSeconds: number): boolean {
    this.#nowSeconds = Math.min(Math.max(0, Math.floor(nowSeconds)), LAST_SECOND - 1);
    const { order, fences, count, sizes } = this.#segments;
    let read = Math.min(this.#pruneFrom, count);
    if (read === 0) this.#passSeconds = this.#nowSeconds;
    let write = read;
    for (let left = PRUNED_AT_ONCE; read < count && left > 0; read += 1) {
      const number = order[read] as number;
      left -= this.#pruneSegment(read);
      const size = sizes[number] as number;
      if (size === 0) {
        this.#segments.release(number);
      } else if (write > 0 && (sizes[order[write - 1] as number] as number) + size <= MERGED_ENTRIES) {
        this.#entries.append(order[write - 1] as number, number);
        left -= size;
      } else {
        order[write] = number;
        fences[write] = fences[read] as number;
        write += 1;
      }
    }
    const isDone = read === count;
    this.#segments.remove(write, read);
    this.#pruneFrom = isDone ? 0 : write;
    this.#entries.shrink(MOVED_AT_ONCE);
    this.#filter.fit(this.#size);
    // What came first was looked at when less had expired, if this took several calls.
    return !isDone || this.#passSeconds < this.#nowSeconds;
  }

  /** Gives how much work it was, in entries looked at. */
  #pruneSegment(place: number): number {
    const { order, fences, sizes, earliest, latest } = this.#segments;
    const number = order[place] as number;
    if ((earliest[number] as number) > this.#nowSeconds) return 1;
    const size = sizes[number] as number;
    this.#size -=
      (latest[number] as number) <= this.#nowSeconds
        ? this.#entries.release(number)
        : this.#entries.dropExpired(number, this.#nowSeconds);
    this.#filterAgain(place);
    if (sizes[number] === 0) return size / 8;
    fences[place] = this.#entries.key(number, 0);
    return size;
  }

  /** Makes the filter say of a segment what is there now. */
  #filterAgain(place: number): void {
    const { order, sizes } = this.#segments;
    const number = order[place] as number;
    const size = sizes[number] as number;
    this.#filter.forgetBetween(this.#segments.fences[place] as number, this.#upperBound(place));
    for (let index = 0; index < size; index += 1) this.#filter.add(this.#entries.key(number, index));
  }

  /** No key of the segment is greater. */
  #upperBound(place: number): number {
    return place + 1 < this.#segments.count ? (this.#segments.fences[place + 1] as number) : 0x1_0000_0000;
  }

  /** The place of the last segment that does not begin after the id; the first one if all do. */
  #place(words: Uint32Array, at: number): number {
    const { fences } = this.#segments;
    const key = words[at + 3] as number;
    let low = this.#segments.lowest(key);
    let high = this.#segments.end(key);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      const fence = fences[middle] as number;
      if (fence > key || (fence === key && this.#beginsAfter(middle, words, at))) high = middle;
      else low = middle;
    }
    return low;
  }

  #beginsAfter(place: number, words: Uint32Array, at: number): boolean {
    return this.#entries.compareRest(this.#segments.order[place] as number, 0, words, at) > 0;
  }

  /** Where in the segment the first entry is that is not less than the id. */
  #index(place: number, words: Uint32Array, at: number): number {
    const { order, fences, sizes } = this.#segments;
    const number = order[place] as number;
    const size = sizes[number] as number;
    const key = words[at + 3] as number;
    const from = fences[place] as number;
    const to = this.#upperBound(place);
    const guess = Math.max(0, Math.min(size - 1, Math.floor(((key - from) / (to - from)) * size)));
    let index = this.#entries.search(number, key, guess);
    // Keys repeat only where ids were chosen.
    while (
      index < size &&
      this.#entries.key(number, index) === key &&
      this.#entries.compareRest(number, index, words, at) < 0
    )
      index += 1;
    return index;
  }

  #isAt(place: number, index: number, words: Uint32Array, at: number): boolean {
    const number = this.#segments.order[place] as number;
    return (
      index < (this.#segments.sizes[number] as number) &&
      this.#entries.key(number, index) === words[at + 3] &&
      this.#entries.compareRest(number, index, words, at) === 0
    );
  }
}

/** When an entry expires, as the table keeps it. */
export function wholeSecond(expiresSeconds: number): number {
  return Math.min(Math.max(0, Math.ceil(expiresSeconds)), LAST_SECOND);
}
