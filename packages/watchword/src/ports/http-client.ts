/** What came back from a GET. */
export interface HttpAnswer {
  readonly status: number;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

export interface HttpLimits {
  /** From the first packet to the last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Fetches documents from other services. */
export interface HttpClient {
  /**
   * A GET for JSON, without credentials. It follows no redirect. Rejects with an `Error` whose message can be shown, where
   * there is no answer in time or it is longer than allowed; an answer of any status resolves.
   */
  get(url: string, limits: HttpLimits): Promise<HttpAnswer>;
}
