/**
 * Wraps the data keys of sealed rows with a key-encryption key that this process may not even see (a key service).
 * Here it is AES-256-GCM under a key derived from the secret; other sources implement the same members.
 */
export interface KeyWrapping {
  /** Names the key-encryption key, 16 hex digits; a row sealed under another one is recognised by it. */
  readonly keyId: string;
  /** Whether what was wrapped under that key can be unwrapped: this one, and those that it took the place of. */
  opens(keyId: string): boolean;
  /** Wraps 32 bytes; `context` is bound as associated data and must be the same when unwrapping. */
  wrap(dataKey: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  /** Unwraps what was wrapped under the key of that id, which `opens` knows, or gives `undefined` if the bytes or the context were changed. */
  unwrap(wrapped: Uint8Array, context: Uint8Array, keyId: string): Promise<Uint8Array | undefined>;
}
