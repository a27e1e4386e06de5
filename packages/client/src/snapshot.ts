/** What `GET /auth/session` answers about whoever is signed in; the rest of the answer is there, too. Never a token. */
export interface Session {
  readonly subject: string;
  readonly session_id: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  /** Where the server keeps the accounts. */
  readonly user?: { readonly id: string; readonly email: string };
  readonly session: {
    readonly id: string;
    /** Whether it outlives the browser. */
    readonly remembered: boolean;
    /** RFC 3339, as all times. */
    readonly started_at: string;
    readonly expires_at: string;
  };
}

/** What a tab knows at one moment. The same object until something of it changes. */
export type Snapshot =
  | { readonly state: 'signed-in'; readonly session: Session }
  /** `unknown` until the server has answered for the first time. */
  | { readonly state: 'unknown' | 'signed-out'; readonly session: undefined };

export const UNKNOWN: Snapshot = { state: 'unknown', session: undefined };
