/** Where a verifier keeps what it knows from one start to the next. Failures reject with an `Error` whose message can be shown. */
export interface SnapshotFile {
  /** What was written last, in pieces; `undefined` where there is nothing. */
  read(): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Puts the pieces in the place of what was there, as one: whoever reads finds the former or the new, whenever this ends. */
  write(pieces: Iterable<Uint8Array>): Promise<void>;
}
