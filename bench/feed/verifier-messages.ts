/** What the benchmark asks of a verifier in a process of its own. Times are of the machine's monotonic clock, in nanoseconds. */
export type VerifierQuestion =
  /** To verify these again and again, as requests would. */
  | { readonly ask: 'load'; readonly tokens: readonly string[] }
  /** To say when a token, which is good now, is refused. */
  | { readonly ask: 'watch'; readonly token: string }
  | { readonly ask: 'verified' };

export type VerifierAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'watching' }
  | { readonly kind: 'refused'; readonly code: string; readonly atNs: string }
  | { readonly kind: 'verified'; readonly count: number };
