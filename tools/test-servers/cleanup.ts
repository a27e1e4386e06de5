/** Where a server says what ends it: the context of a test, or `{ after }` of `node:test` for a whole file. */
export interface Cleanup {
  after(end: () => Promise<void>): void;
}
