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
  /** What sign-in and refresh set where the delivery is `cookie`. */
  readonly browserSessions: 'jwt' | 'opaque';
  readonly cookiePrefix: string;
  /** What cookies may be called that were set before the prefix was changed. */
  readonly formerCookiePrefixes: readonly string[];
  /** `None` only where cookies are partitioned. */
  readonly sameSite: 'Lax' | 'Strict' | 'None';
  /** Whether each site that embeds the application has cookies of its own (CHIPS). */
  readonly partitioned: boolean;
  /** Paths of pages of the application whose headers the self-check looks at. */
  readonly checkedPages: readonly string[];
  /** Whether refusals say what arrived and what would have been right, and everybody may ask for the self-check. */
  readonly explains: boolean;
  /** Whether the issuer is reached over HTTPS, so that HSTS makes sense. */
  readonly https: boolean;
}
