/**
 * Remembers what was found out about texts that end in a signature. It holds at most `size`: when one half is full the older half goes, and
 * what is asked for again moves into the younger one.
 *
 * They are found by how they end, because half a kilobyte takes longer to hash than all else that is done about a remembered token, and
 * then compared whole: no two are taken for each other. Whoever comes as far as the comparison knows 32 characters of the signature.
 */
export class RecentTexts<Value> {
  readonly #half: number;
  #younger = new Map<string, Entry<Value>>();
  #older = new Map<string, Entry<Value>>();

  constructor(size: number) {
    this.#half = Math.ceil(size / 2);
  }

  get(text: string): Value | undefined {
    const end = endOf(text);
    const young = this.#younger.get(end);
    if (young?.text === text) return young.value;
    const old = this.#older.get(end);
    if (old?.text !== text) return undefined;
    this.#put(end, old);
    return old.value;
  }

  add(text: string, value: Value): void {
    this.#put(endOf(text), { text, value });
  }

  delete(text: string): void {
    const end = endOf(text);
    if (this.#younger.get(end)?.text === text) this.#younger.delete(end);
    if (this.#older.get(end)?.text === text) this.#older.delete(end);
  }

  clear(): void {
    this.#younger.clear();
    this.#older.clear();
  }

  #put(end: string, entry: Entry<Value>): void {
    if (this.#younger.size >= this.#half) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(end, entry);
  }
}

interface Entry<Value> {
  readonly text: string;
  readonly value: Value;
}

const END_LENGTH = 32;

function endOf(text: string): string {
  return text.slice(-END_LENGTH);
}
