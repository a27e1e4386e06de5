/** Entries of a page. */
export const PAGE_ENTRIES = 32;
export const PAGE_SHIFT = 5;
export const PAGE_MASK = PAGE_ENTRIES - 1;

/** Words of an entry apart from its key: the rest of the id, and when it expires. */
export const REST_WORDS = 4;

/*
 * A page is a word that says whose it is, then the keys of its entries, then the rest of each. Keys stand together because
 * a search reads only those.
 */
const KEYS_AT = 1;
const RESTS_AT = KEYS_AT + PAGE_ENTRIES;
const PAGE_WORDS = RESTS_AT + PAGE_ENTRIES * REST_WORDS;

/** Pages of a slab: so few that a table of one entry costs little, and so many that a slab's own cost does not matter. */
const SLAB_PAGES = 64;
const SLAB_SHIFT = 6;
const SLAB_MASK = SLAB_PAGES - 1;

/** A free page has this bit set in its first word, and below it the slab's next free page. */
const FREE = 0x8000_0000;
const NONE = SLAB_PAGES;

/** What a typed array costs besides its content, in bytes: three small objects and the allocator's own. */
export const ARRAY_OVERHEAD = 256;

/**
 * Pages of equal size in slabs that are allocated once and never copied, so that growing leaves nothing behind for the
 * garbage collector. The lowest free page is taken first, and so the last slabs become free again.
 */
export class PagePool {
  readonly #slabs: Uint32Array[] = [];
  readonly #firstFree: number[] = [];
  readonly #freeOf: number[] = [];
  #free = 0;
  /** No slab below this one has a free page. */
  #lowest = 0;

  get bytes(): number {
    return this.#slabs.length * (PAGE_WORDS * SLAB_PAGES * 4 + ARRAY_OVERHEAD);
  }

  /** The words of the slab in which a page is. */
  slab(page: number): Uint32Array {
    return this.#slabs[page >>> SLAB_SHIFT] as Uint32Array;
  }

  /** Where in the slab the keys of the page begin. */
  keysAt(page: number): number {
    return (page & SLAB_MASK) * PAGE_WORDS + KEYS_AT;
  }

  /** Where in the slab the rests of the page's entries begin. */
  restsAt(page: number): number {
    return (page & SLAB_MASK) * PAGE_WORDS + RESTS_AT;
  }

  setOwner(page: number, owner: number): void {
    this.slab(page)[(page & SLAB_MASK) * PAGE_WORDS] = owner;
  }

  take(owner: number): number {
    if (this.#free === 0) this.#addSlab();
    while (this.#freeOf[this.#lowest] === 0) this.#lowest += 1;
    const slab = this.#lowest;
    const index = this.#firstFree[slab] as number;
    const page = slab * SLAB_PAGES + index;
    this.#firstFree[slab] = (this.slab(page)[index * PAGE_WORDS] as number) - FREE;
    this.#freeOf[slab] = (this.#freeOf[slab] as number) - 1;
    this.#free -= 1;
    this.setOwner(page, owner);
    return page;
  }

  giveBack(page: number): void {
    const slab = page >>> SLAB_SHIFT;
    this.setOwner(page, FREE + (this.#firstFree[slab] as number));
    this.#firstFree[slab] = page & SLAB_MASK;
    this.#freeOf[slab] = (this.#freeOf[slab] as number) + 1;
    this.#free += 1;
    if (slab < this.#lowest) this.#lowest = slab;
  }

  /**
   * Gives slabs back to the system while more than two slabs' worth of pages are free, or none is used. Pages still in
   * use move down, at most `most` or one slab more than that; `moved` says whose page went where.
   */
  shrink(most: number, moved: (owner: number, from: number, to: number) => void): void {
    let left = most;
    while (this.#slabs.length > 0 && left > 0) {
      const last = this.#slabs.length - 1;
      const used = SLAB_PAGES - (this.#freeOf[last] as number);
      if (this.#free < 2 * SLAB_PAGES && (used > 0 || last > 0)) return;
      if (used > 0) this.#empty(last, moved);
      left -= used;
      this.#slabs.pop();
      this.#firstFree.pop();
      this.#freeOf.pop();
      this.#free -= SLAB_PAGES;
      this.#lowest = Math.min(this.#lowest, last);
    }
  }

  #addSlab(): void {
    const words = new Uint32Array(PAGE_WORDS * SLAB_PAGES);
    for (let index = 0; index < SLAB_PAGES; index += 1) words[index * PAGE_WORDS] = FREE + index + 1;
    words[(SLAB_PAGES - 1) * PAGE_WORDS] = FREE + NONE;
    this.#lowest = this.#slabs.length;
    this.#slabs.push(words);
    this.#firstFree.push(0);
    this.#freeOf.push(SLAB_PAGES);
    this.#free += SLAB_PAGES;
  }

  /** The slabs below have a page free for each that is used in this one, and are taken first. */
  #empty(slab: number, moved: (owner: number, from: number, to: number) => void): void {
    const words = this.#slabs[slab] as Uint32Array;
    for (let index = 0; index < SLAB_PAGES; index += 1) {
      const at = index * PAGE_WORDS;
      const owner = words[at] as number;
      if (owner >= FREE) continue;
      const to = this.take(owner);
      this.slab(to).set(words.subarray(at, at + PAGE_WORDS), (to & SLAB_MASK) * PAGE_WORDS);
      moved(owner, slab * SLAB_PAGES + index, to);
      // Free from now on, so that the slab is counted as such.
      this.#freeOf[slab] = (this.#freeOf[slab] as number) + 1;
      this.#free += 1;
    }
  }
}
