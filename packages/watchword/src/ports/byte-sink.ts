/** Where the bytes of an answer go whose end is not known when it begins. */
export interface ByteSink {
  /** Sends bytes as fast as the other side takes them; gives how many wait for that. */
  write(bytes: Uint8Array): number;
  /** Calls once when nothing waits any more; not at all if the other side is gone before. */
  onceDrained(listener: () => void): void;
  /** All is said. */
  end(): void;
  /** Breaks off, so that the other side can tell it from an end. */
  abort(): void;
}

/** An answer that is written while it is sent. */
export interface StreamingBody {
  /** Begins, once; gives the function that is called once when the other side is gone, or everything was sent. */
  open(sink: ByteSink): () => void;
}
