import { ARRAY_OVERHEAD } from './page-pool.ts';

/** With more keys for each word than this the filter is doubled. */
const MOST_PER_WORD = 6;

/** With fewer it is halved. */
const LEAST_PER_WORD = 2.5;

const SMALLEST = 64;

/**
 * Says of most keys that are not in a table that they are not, with one look at the memory: never wrongly, while "perhaps"
 * may be wrong. The upper bits of a key choose a word, so that keys in order stand in order here too; two of its 32 bits are set.
 */
export class KeyFilter {
  #words = new Uint32Array(SMALLEST);
  #shift = Math.clz32(SMALLEST) + 1;

  get bytes(): number {
    return this.#words.byteLength + ARRAY_OVERHEAD;
  }

  mayHave(key: number): boolean {
    const bits = bitsOf(key);
    return ((this.#words[key >>> this.#shift] as number) & bits) === bits;
  }

  add(key: number): void {
    const at = key >>> this.#shift;
    this.#words[at] = (this.#words[at] as number) | bitsOf(key);
  }

  /** Forgets keys between two, those near to them excepted: what is still there is to be added again. */
  forgetBetween(from: number, to: number): void {
    this.#words.fill(
      0,
      (from >>> this.#shift) + 1,
      to > 0xffff_ffff ? this.#words.length : to >>> this.#shift,
    );
  }

  /** Grows or shrinks to what so many keys need. No key has to be added again, though it makes "perhaps" rarer. */
  fit(keys: number): void {
    const old = this.#words;
    if (keys > old.length * MOST_PER_WORD) {
      this.#words = new Uint32Array(old.length * 2);
      this.#shift -= 1;
      for (let at = 0; at < this.#words.length; at += 1) this.#words[at] = old[at >>> 1] as number;
    } else if (old.length > SMALLEST && keys < old.length * LEAST_PER_WORD) {
      this.#words = new Uint32Array(old.length / 2);
      this.#shift += 1;
      for (let at = 0; at < old.length; at += 1)
        this.#words[at >>> 1] = (this.#words[at >>> 1] as number) | (old[at] as number);
    }
  }
}

function bitsOf(key: number): number {
  return (1 << (key & 31)) | (1 << ((key >>> 5) & 31));
}
