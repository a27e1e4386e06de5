/** What the HTTP side can be told, checked and with its defaults filled in. */
export interface HttpSettings {
  /** The origin that the application is reached at: that of the issuer. */
  readonly ownOrigin: string;
  /** Other origins whose pages may sign in and act. */
  readonly origins: readonly string[];
  readonly cookiePrefix: string;
  readonly sameSite: 'Lax' | 'Strict';
  /** Whether the issuer is reached over HTTPS, so that HSTS makes sense. */
  readonly https: boolean;
}
