/**
 * Wraps the data keys of sealed rows with a key-encryption key that this process may not even see (a key service).
 * Here it is AES-256-GCM under a key derived from the secret; other sources implement the same three members.
 */
export interface KeyWrapping {
  /** Names the key-encryption key, 16 hex digits; a row sealed under another one is recognised by it. */
  readonly keyId: string;
  /** Wraps 32 bytes; `context` is bound as associated data and must be the same when unwrapping. */
  wrap(dataKey: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  /** Unwraps, or gives `undefined` if the bytes or the context were changed. */
  unwrap(wrapped: Uint8Array, context: Uint8Array): Promise<Uint8Array | undefined>;
}
