/** What a route wants of an access token. */
export interface VerifyOptions {
  /** One of these has to be in the `aud`. Default: the installation's. */
  readonly audience?: string | readonly string[];
  /** These all have to be in the `scope`. Default: none. */
  readonly scope?: string | readonly string[];
  /** The most seconds since the user proved themselves. Default: any. */
  readonly maxAgeSeconds?: number;
  /** The most milliseconds by which the knowledge of revocations may lag. Default: the installation's. */
  readonly maxStalenessMs?: number;
}
