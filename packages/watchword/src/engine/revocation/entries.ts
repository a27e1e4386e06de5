import { PAGE_ENTRIES, PAGE_MASK, PAGE_SHIFT, PagePool, REST_WORDS } from './page-pool.ts';
import { SEGMENT_PAGES, Segments } from './segments.ts';

/** What an entry takes where it is written down. */
export const ENTRY_BYTES = 20;

/**
 * The entries of all segments: entry `index` of segment `number` is in its page `index / 32`. An entry is an id, whose last
 * word is its key, and when it expires, in seconds. Segments' properties are kept true here, apart from their order.
 */
export class Entries {
  readonly segments = new Segments();
  readonly #pool = new PagePool();

  get bytes(): number {
    return this.segments.bytes + this.#pool.bytes;
  }

  key(number: number, index: number): number {
    const page = this.#page(number, index);
    return this.#pool.slab(page)[this.#pool.keysAt(page) + (index & PAGE_MASK)] as number;
  }

  /** Which entry of a segment is the first whose key is not less; `guess` is where it may be. */
  search(number: number, key: number, guess: number): number {
    const size = this.segments.sizes[number] as number;
    let start = guess - (guess & PAGE_MASK);
    let offset = guess & PAGE_MASK;
    if (offset + start < size && this.key(number, guess) < key) {
      for (; start < size; start += PAGE_ENTRIES) {
        const page = this.#page(number, start);
        const slab = this.#pool.slab(page);
        const keys = this.#pool.keysAt(page);
        const end = Math.min(PAGE_ENTRIES, size - start);
        while (offset < end && (slab[keys + offset] as number) < key) offset += 1;
        if (offset < PAGE_ENTRIES) break;
        offset = 0;
      }
      return start + offset;
    }
    for (; start >= 0; start -= PAGE_ENTRIES) {
      const page = this.#page(number, start);
      const slab = this.#pool.slab(page);
      const keys = this.#pool.keysAt(page);
      while (offset > 0 && (slab[keys + offset - 1] as number) >= key) offset -= 1;
      if (offset > 0) return start + offset;
      offset = PAGE_ENTRIES;
    }
    return 0;
  }

  /** Negative if the entry, whose key is that of the id in `words`, is less than the id; 0 if it is the id's own. */
  compareRest(number: number, index: number, words: Uint32Array, at: number): number {
    const page = this.#page(number, index);
    const slab = this.#pool.slab(page);
    const rest = this.#pool.restsAt(page) + (index & PAGE_MASK) * REST_WORDS;
    return (
      (slab[rest] as number) - (words[at] as number) ||
      (slab[rest + 1] as number) - (words[at + 1] as number) ||
      (slab[rest + 2] as number) - (words[at + 2] as number)
    );
  }

  /** Negative if the entry is less than the id in `words`; 0 if it is the id's own. */
  compare(number: number, index: number, words: Uint32Array, at: number): number {
    return this.key(number, index) - (words[at + 3] as number) || this.compareRest(number, index, words, at);
  }

  /** Writes the entries from `from` to before `to`: the id, then the expiry, each word with its most significant byte first. */
  write(number: number, from: number, to: number, into: DataView, at: number): void {
    let target = at;
    for (let index = from; index < to;) {
      const page = this.#page(number, index);
      const slab = this.#pool.slab(page);
      const offset = index & PAGE_MASK;
      const end = Math.min(to, index - offset + PAGE_ENTRIES);
      let key = this.#pool.keysAt(page) + offset;
      let rest = this.#pool.restsAt(page) + offset * REST_WORDS;
      for (; index < end; index += 1) {
        into.setUint32(target, slab[rest] as number);
        into.setUint32(target + 4, slab[rest + 1] as number);
        into.setUint32(target + 8, slab[rest + 2] as number);
        into.setUint32(target + 12, slab[key] as number);
        into.setUint32(target + 16, slab[rest + 3] as number);
        key += 1;
        rest += REST_WORDS;
        target += ENTRY_BYTES;
      }
    }
  }

  /** Lets an entry expire at a time, if it would earlier. */
  extend(number: number, index: number, expires: number): void {
    const page = this.#page(number, index);
    const slab = this.#pool.slab(page);
    const expiry = this.#pool.restsAt(page) + (index & PAGE_MASK) * REST_WORDS + 3;
    if ((slab[expiry] as number) < expires) slab[expiry] = expires;
    this.#widen(number, expires);
  }

  /** Puts an entry in; the segment must not be full. */
  insert(number: number, index: number, words: Uint32Array, at: number, expires: number): void {
    this.#makeRoom(number, index);
    const page = this.#page(number, index);
    const slab = this.#pool.slab(page);
    const offset = index & PAGE_MASK;
    const rest = this.#pool.restsAt(page) + offset * REST_WORDS;
    slab[this.#pool.keysAt(page) + offset] = words[at + 3] as number;
    slab[rest] = words[at] as number;
    slab[rest + 1] = words[at + 1] as number;
    slab[rest + 2] = words[at + 2] as number;
    slab[rest + 3] = expires;
    this.#widen(number, expires);
  }

  /** Makes the upper half of a full segment one of its own, at the next place. */
  split(place: number): void {
    const { segments } = this;
    const lower = segments.order[place] as number;
    const kept = SEGMENT_PAGES / 2;
    const upper = segments.insert(place + 1, this.key(lower, kept * PAGE_ENTRIES));
    const { pages, sizes } = segments;
    for (let slot = kept; slot < SEGMENT_PAGES; slot += 1) {
      const page = pages[lower * SEGMENT_PAGES + slot] as number;
      pages[upper * SEGMENT_PAGES + slot - kept] = page;
      this.#pool.setOwner(page, upper);
    }
    sizes[lower] = kept * PAGE_ENTRIES;
    sizes[upper] = (SEGMENT_PAGES - kept) * PAGE_ENTRIES;
    segments.earliest[upper] = segments.earliest[lower] as number;
    segments.latest[upper] = segments.latest[lower] as number;
  }

  /** Drops the entries of a segment that have expired, and gives how many there were. */
  dropExpired(number: number, nowSeconds: number): number {
    const { sizes, earliest, latest } = this.segments;
    const size = sizes[number] as number;
    let kept = 0;
    let first = 0xffff_ffff;
    let last = 0;
    for (let start = 0; start < size; start += PAGE_ENTRIES) {
      const page = this.#page(number, start);
      const slab = this.#pool.slab(page);
      const expiries = this.#pool.restsAt(page) + REST_WORDS - 1;
      const end = Math.min(PAGE_ENTRIES, size - start);
      for (let offset = 0; offset < end; offset += 1) {
        const expires = slab[expiries + offset * REST_WORDS] as number;
        if (expires <= nowSeconds) continue;
        if (kept < start + offset) this.#copy(number, start + offset, number, kept);
        kept += 1;
        if (expires < first) first = expires;
        if (expires > last) last = expires;
      }
    }
    this.#cut(number, kept);
    earliest[number] = first;
    latest[number] = last;
    return size - kept;
  }

  /** Drops all entries of a segment, and the segment's number. */
  release(number: number): number {
    const size = this.segments.sizes[number] as number;
    this.#cut(number, 0);
    this.segments.release(number);
    return size;
  }

  /** Moves the entries of a segment behind those of the one before it, and drops its number. */
  append(to: number, from: number): void {
    const { sizes, earliest, latest } = this.segments;
    const start = sizes[to] as number;
    const size = sizes[from] as number;
    for (let index = 0; index < size; index += 1) {
      if (((start + index) & PAGE_MASK) === 0) this.#addPage(to, start + index);
      this.#copy(from, index, to, start + index);
    }
    sizes[to] = start + size;
    earliest[to] = Math.min(earliest[to] as number, earliest[from] as number);
    latest[to] = Math.max(latest[to] as number, latest[from] as number);
    this.release(from);
  }

  /** Gives memory back that is not needed; moves some `mostPages` for that. */
  shrink(mostPages: number): void {
    this.segments.shrink((number) => {
      const size = this.segments.sizes[number] as number;
      for (let index = 0; index < size; index += PAGE_ENTRIES)
        this.#pool.setOwner(this.#page(number, index), number);
    });
    const { pages } = this.segments;
    this.#pool.shrink(mostPages, (number, from, to) => {
      const slot = pages.indexOf(from, number * SEGMENT_PAGES);
      pages[slot] = to;
    });
  }

  #page(number: number, index: number): number {
    return this.segments.pages[number * SEGMENT_PAGES + (index >>> PAGE_SHIFT)] as number;
  }

  #widen(number: number, expires: number): void {
    const { earliest, latest } = this.segments;
    if (expires < (earliest[number] as number)) earliest[number] = expires;
    if (expires > (latest[number] as number)) latest[number] = expires;
  }

  #addPage(number: number, index: number): void {
    this.segments.pages[number * SEGMENT_PAGES + (index >>> PAGE_SHIFT)] = this.#pool.take(number);
  }

  /** Shifts the entries from `index` on by one. */
  #makeRoom(number: number, index: number): void {
    const { sizes } = this.segments;
    const size = sizes[number] as number;
    if ((size & PAGE_MASK) === 0) this.#addPage(number, size);
    sizes[number] = size + 1;
    const start = index - (index & PAGE_MASK);
    for (let first = size - (size & PAGE_MASK); first > start; first -= PAGE_ENTRIES) {
      this.#shiftPage(this.#page(number, first), 0, Math.min(size - first, PAGE_ENTRIES - 1));
      this.#copy(number, first - 1, number, first);
    }
    this.#shiftPage(this.#page(number, start), index - start, Math.min(size - start, PAGE_ENTRIES - 1));
  }

  /** Shifts the entries of a page from `from` up to `to` by one. */
  #shiftPage(page: number, from: number, to: number): void {
    if (from >= to) return;
    const slab = this.#pool.slab(page);
    const keys = this.#pool.keysAt(page);
    const rests = this.#pool.restsAt(page);
    slab.copyWithin(keys + from + 1, keys + from, keys + to);
    slab.copyWithin(rests + (from + 1) * REST_WORDS, rests + from * REST_WORDS, rests + to * REST_WORDS);
  }

  #copy(from: number, fromIndex: number, to: number, toIndex: number): void {
    const source = this.#page(from, fromIndex);
    const target = this.#page(to, toIndex);
    const fromSlab = this.#pool.slab(source);
    const toSlab = this.#pool.slab(target);
    const fromOffset = fromIndex & PAGE_MASK;
    const toOffset = toIndex & PAGE_MASK;
    toSlab[this.#pool.keysAt(target) + toOffset] = fromSlab[this.#pool.keysAt(source) + fromOffset] as number;
    const read = this.#pool.restsAt(source) + fromOffset * REST_WORDS;
    const write = this.#pool.restsAt(target) + toOffset * REST_WORDS;
    for (let word = 0; word < REST_WORDS; word += 1) toSlab[write + word] = fromSlab[read + word] as number;
  }

  /** Leaves the first entries of a segment and gives the pages of the others back. */
  #cut(number: number, kept: number): void {
    const { sizes } = this.segments;
    const size = sizes[number] as number;
    const firstFree = Math.ceil(kept / PAGE_ENTRIES) * PAGE_ENTRIES;
    for (let index = firstFree; index < size; index += PAGE_ENTRIES)
      this.#pool.giveBack(this.#page(number, index));
    sizes[number] = kept;
  }
}
