/**
 * Remembers what was found out about texts, by the whole of each, so that no two can be taken for each other. It holds at most `size`:
 * when one half is full the older half goes, and what is asked for again moves into the younger one.
 */
export class RecentTexts<Value> {
  readonly #half: number;
  #younger = new Map<string, Value>();
  #older = new Map<string, Value>();

  constructor(size: number) {
    this.#half = Math.ceil(size / 2);
  }

  get(text: string): Value | undefined {
    const young = this.#younger.get(text);
    if (young !== undefined) return young;
    const old = this.#older.get(text);
    if (old !== undefined) this.add(text, old);
    return old;
  }

  add(text: string, value: Value): void {
    if (this.#younger.size >= this.#half) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(text, value);
  }

  delete(text: string): void {
    this.#younger.delete(text);
    this.#older.delete(text);
  }

  clear(): void {
    this.#younger.clear();
    this.#older.clear();
  }
}
