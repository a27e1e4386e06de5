/** Where the metadata of an authorization server is, RFC 8414 §3. */
export const METADATA_PATH = '/.well-known/oauth-authorization-server';

/** What the HTTP side can be told, checked and with its defaults filled in. */
export interface HttpSettings {
  /** The origin that the application is reached at: that of the issuer. */
  readonly ownOrigin: string;
  /** Other origins whose pages may sign in and act. */
  readonly origins: readonly string[];
  /** Whether `/oauth/…` is Watchword's to answer. */
  readonly oauth: boolean;
  /** The same for this issuer: behind it stands the path of the issuer, if it has one (RFC 8414 §3.1). */
  readonly metadataPath: string;
  readonly cookiePrefix: string;
  readonly sameSite: 'Lax' | 'Strict';
  /** Whether the issuer is reached over HTTPS, so that HSTS makes sense. */
  readonly https: boolean;
}
