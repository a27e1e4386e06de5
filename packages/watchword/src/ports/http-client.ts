/** The beginning of an answer. */
export interface HttpHead {
  readonly status: number;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
}

/** What came back as a whole. */
export interface HttpAnswer extends HttpHead {
  /** Its `set-cookie` lines, one by one. */
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}

export interface HttpLimits {
  /** From the first packet to the last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export type HttpHeaders = Readonly<Record<string, string>>;

export interface HttpBody {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  readonly text: string;
}

/** An answer that is read while it comes. It has no time limit of its own: who reads it cancels it. */
export interface HttpStream {
  /** Rejects with an `Error` whose message can be shown, where nobody answers, and where it is cancelled. */
  readonly head: Promise<HttpHead>;
  /** The body as it comes, after the head; asked for once. What is not asked for is not sent. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Ends the connection. Whoever waits for it is told by a rejection. */
  cancel(): void;
}

/** Speaks to other services. It follows no redirect. */
export interface HttpClient {
  /**
   * A GET for JSON, without credentials unless `headers` bring one. Rejects with an `Error` whose message can be shown, where there is no answer in time or it is
   * longer than allowed; an answer of any status resolves.
   */
  get(url: string, limits: HttpLimits, headers?: HttpHeaders): Promise<HttpAnswer>;
  /** A POST, otherwise like `get`. */
  post(url: string, headers: HttpHeaders, body: HttpBody, limits: HttpLimits): Promise<HttpAnswer>;
  /** A GET whose answer may have no end. It does not keep the process alive. */
  stream(url: string, headers: HttpHeaders): HttpStream;
}
