import { isJsonObject, type JsonObject } from '../../domain/json.ts';

/**
 * The kinds of token, told apart by `typ` and mutually exclusive (RFC 8725 §3.11): what is one kind's is refused wherever
 * another is asked for.
 */
export interface TokenKind {
  /** The values of `typ` that name the kind, in lower case; `''` for none at all. */
  readonly types: readonly string[];
  /** Whether tokens of the kind belong to a session: `sid`, `client_id` and `ww_gen` have to be there. */
  readonly ofSession: boolean;
  /** Whether `sub` has to be there. */
  readonly needsSubject: boolean;
  /** Whether the `jti` is one of ours, which can be revoked, or whatever another issuer likes, or missing. */
  readonly ownTokenId: boolean;
  /** The most seconds between `iat` and `exp`; `undefined` for any. */
  readonly longestLifeSeconds?: number;
  /** Rules of the kind's own: the name of the first claim that is wrong. */
  readonly wrongClaim?: (payload: JsonObject) => string | undefined;
}

/** RFC 9068 §4: `at+jwt`, with or without `application/`. */
export const ACCESS_TOKEN: TokenKind = {
  types: named('at+jwt'),
  ofSession: true,
  needsSubject: true,
  ownTokenId: true,
};

/** What a user has confirmed, for one use within minutes. */
export const CONFIRMATION_TOKEN: TokenKind = {
  types: named('confirm+jwt'),
  ofSession: false,
  needsSubject: true,
  ownTokenId: true,
  longestLifeSeconds: 300,
  wrongClaim: (payload) => (typeof payload['sid'] === 'string' ? undefined : 'sid'),
};

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6: an event, a user or a session, and no nonce. */
export const LOGOUT_TOKEN: TokenKind = {
  types: named('logout+jwt'),
  ofSession: false,
  needsSubject: false,
  ownTokenId: false,
  wrongClaim(payload) {
    const { events, nonce, jti, sub, sid } = payload;
    if (typeof sub !== 'string' && typeof sid !== 'string') return 'sub';
    if (!isJsonObject(events) || !isJsonObject(events[LOGOUT_EVENT])) return 'events';
    if (typeof jti !== 'string') return 'jti';
    return nonce === undefined ? undefined : 'nonce';
  },
};

/** OpenID Connect Core §2: issuers name the type `JWT` or not at all, and mark logout tokens by their event. */
export const ID_TOKEN: TokenKind = {
  types: ['jwt', ''],
  ofSession: false,
  needsSubject: true,
  ownTokenId: false,
  wrongClaim: (payload) => (payload['events'] === undefined ? undefined : 'events'),
};

/** A kind of an application's own, such as `invitation+jwt`. */
export function customKind(typ: string): TokenKind {
  return { types: named(typ), ofSession: false, needsSubject: true, ownTokenId: true };
}

function named(typ: string): readonly string[] {
  return [typ, `application/${typ}`];
}
