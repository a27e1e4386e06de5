import { ARRAY_OVERHEAD, PAGE_ENTRIES } from './page-pool.ts';

/** The most entries of a segment. */
export const SEGMENT_ENTRIES = 512;

export const SEGMENT_PAGES = SEGMENT_ENTRIES / PAGE_ENTRIES;

const ARRAYS = 7;

/** The directory tells by so many upper bits of a key where to look. */
const DIRECTORY_BITS = 12;
const DIRECTORY_SHIFT = 32 - DIRECTORY_BITS;

/**
 * The segments of an id table. Each has a number, under which its properties stand, and a place in the order of keys. Nothing
 * here knows what is in the pages.
 */
export class Segments {
  /** How many there are. */
  count = 0;
  /** By place: the number of the segment there. */
  order = new Uint32Array(0);
  /** By place: the key of the segment's first entry. */
  fences = new Uint32Array(0);
  /** By number: how many entries; 0 where no segment has the number. */
  sizes = new Uint16Array(0);
  /** By number: no entry expires earlier, in seconds. */
  earliest = new Uint32Array(0);
  /** By number: no entry expires later, in seconds. */
  latest = new Uint32Array(0);
  /** By number: the pages, `SEGMENT_PAGES` for each, in the order of keys; all are full but the last. */
  pages = new Uint32Array(0);
  /** By the upper bits of a key: how many segments begin with a key that has lower ones. */
  readonly #below = new Uint32Array(2 ** DIRECTORY_BITS + 1);
  /** No lower number is free. */
  #lowest = 0;

  get bytes(): number {
    const { order, fences, sizes, earliest, latest, pages } = this;
    const arrays = [order, fences, sizes, earliest, latest, pages, this.#below];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, ARRAYS * ARRAY_OVERHEAD);
  }

  /** A place that is not after the last segment that begins before or with the key; the first one if there is none. */
  lowest(key: number): number {
    return Math.max(0, (this.#below[key >>> DIRECTORY_SHIFT] as number) - 1);
  }

  /** A place after the last segment that begins before or with the key. */
  end(key: number): number {
    return this.#below[(key >>> DIRECTORY_SHIFT) + 1] as number;
  }

  /** Lets the segment at a place begin with another key. */
  setFence(place: number, key: number): void {
    const old = (this.fences[place] as number) >>> DIRECTORY_SHIFT;
    const now = key >>> DIRECTORY_SHIFT;
    this.fences[place] = key;
    for (let upper = now + 1; upper <= old; upper += 1)
      this.#below[upper] = (this.#below[upper] as number) + 1;
    for (let upper = old + 1; upper <= now; upper += 1)
      this.#below[upper] = (this.#below[upper] as number) - 1;
  }

  /** Takes the places from `from` to before `to` out. */
  remove(from: number, to: number): void {
    this.order.copyWithin(from, to, this.count);
    this.fences.copyWithin(from, to, this.count);
    this.count -= to - from;
    let place = 0;
    for (let upper = 0; upper < this.#below.length; upper += 1) {
      while (place < this.count && (this.fences[place] as number) >>> DIRECTORY_SHIFT < upper) place += 1;
      this.#below[upper] = place;
    }
  }

  /** Puts a new segment at a place, and gives its number; it must not stay empty. */
  insert(place: number, fence: number): number {
    if (this.count === this.order.length) this.#resize(this.count + Math.max(4, this.count >>> 4));
    while (this.sizes[this.#lowest] !== 0) this.#lowest += 1;
    const number = this.#lowest;
    this.#lowest += 1;
    this.order.copyWithin(place + 1, place, this.count);
    this.fences.copyWithin(place + 1, place, this.count);
    this.order[place] = number;
    this.fences[place] = fence;
    this.count += 1;
    for (let upper = (fence >>> DIRECTORY_SHIFT) + 1; upper < this.#below.length; upper += 1)
      this.#below[upper] = (this.#below[upper] as number) + 1;
    this.earliest[number] = 0xffff_ffff;
    this.latest[number] = 0;
    return number;
  }

  /** Makes a number free; the caller takes it out of the order. */
  release(number: number): void {
    this.sizes[number] = 0;
    if (number < this.#lowest) this.#lowest = number;
  }

  /**
   * Gives memory back while much more is held than needed. Segments with high numbers get others: `renumbered` says which,
   * after its properties moved.
   */
  shrink(renumbered: (number: number) => void): void {
    const { order, count } = this;
    const length = count === 0 ? 0 : Math.max(count + 4, order.length - (order.length >>> 3));
    if (length >= order.length || count > order.length - (order.length >>> 2)) return;
    for (let place = 0; place < count; place += 1) {
      const number = order[place] as number;
      if (number < length) continue;
      while (this.sizes[this.#lowest] !== 0) this.#lowest += 1;
      order[place] = this.#lowest;
      this.#move(number, this.#lowest);
      renumbered(this.#lowest);
    }
    this.#resize(length);
    this.#lowest = Math.min(this.#lowest, length);
  }

  #move(from: number, to: number): void {
    this.sizes[to] = this.sizes[from] as number;
    this.sizes[from] = 0;
    this.earliest[to] = this.earliest[from] as number;
    this.latest[to] = this.latest[from] as number;
    this.pages.copyWithin(to * SEGMENT_PAGES, from * SEGMENT_PAGES, (from + 1) * SEGMENT_PAGES);
  }

  #resize(length: number): void {
    this.order = resized(this.order, length);
    this.fences = resized(this.fences, length);
    this.earliest = resized(this.earliest, length);
    this.latest = resized(this.latest, length);
    this.pages = resized(this.pages, length * SEGMENT_PAGES);
    const sizes = new Uint16Array(length);
    sizes.set(this.sizes.subarray(0, length));
    this.sizes = sizes;
  }
}

function resized(words: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(length);
  copy.set(words.subarray(0, length));
  return copy;
}
