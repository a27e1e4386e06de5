/** A cryptographically secure source of randomness (RFC 4086). */
export interface Random {
  /** `count` fresh bytes that nobody can predict. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1) for jitter; it need not be secure. */
  jitter(): number;
}
