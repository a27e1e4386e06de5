/** One row of the table of everything that can be refused. */
export interface ErrorDescription {
  /** The HTTP status it is answered with. */
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 406
    | 408
    | 409
    | 413
    | 414
    | 415
    | 422
    | 429
    | 431
    | 500
    | 503;
  /** The same for every occurrence, RFC 9457 §3.1.3. */
  readonly title: string;
  /** The public sentence: what happened and what to do. It never repeats input. */
  readonly sentence: string;
  /** The `error` of a WWW-Authenticate challenge, RFC 6750 §3.1, where one is due. */
  readonly bearer?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number;
}
