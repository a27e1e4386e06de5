import type { ClientRole } from './client.ts';
import type { KeyId, SessionId } from './ids.ts';
import type { RevocationKind } from './revocation.ts';
import type { Delivery, SessionEndReason } from './session.ts';
import type { SigningAlgorithm } from './signing-key.ts';
import type { EpochMs } from './time.ts';

/** Why a refresh token was turned away without convicting anybody. From outside these all look the same. */
export type RefreshRefusal =
  | 'malformed'
  | 'forged'
  | 'unknown'
  | 'wrong_client'
  | 'wrong_delivery'
  | 'wrong_scope'
  | 'ended'
  | 'expired';

interface AboutSession {
  readonly sessionId: SessionId;
  readonly subject: string;
}

interface AboutRefresh extends AboutSession {
  readonly generation: number;
}

/** What each event carries beside `type` and `atMs`. No event carries a token, a secret or a password. */
export interface EventFields {
  session_started: AboutSession & { readonly clientId: string; readonly delivery: Delivery };
  session_ended: AboutSession & { readonly reason: SessionEndReason };
  session_refused: { readonly subject: string; readonly reason: 'session_limit' };
  session_exchanged: AboutSession & { readonly repeated: boolean };
  exchange_refused: { readonly subject: string };
  session_moved: AboutSession & { readonly from: string; readonly to: string };
  refresh_rotated: AboutRefresh;
  refresh_current: AboutRefresh;
  refresh_resent: AboutRefresh;
  refresh_resent_late: AboutRefresh & { readonly late: number };
  refresh_moved_forward: AboutRefresh;
  refresh_reused: AboutRefresh & { readonly presentedGeneration: number };
  refresh_refused: { readonly reason: RefreshRefusal; readonly sessionId?: SessionId };
  chain_settled: AboutRefresh;
  server_key_suspected: { readonly sessionId: SessionId };
  store_rolled_back: AboutRefresh & { readonly presentedGeneration: number };
  revocation_recorded: { readonly kind: RevocationKind; readonly id: string; readonly sequence: number };
  restore_accepted: { readonly untilMs: EpochMs };
  token_issued: { readonly typ: string; readonly subject: string };
  refresh_key_announced: { readonly version: number };
  key_announced: {
    readonly keyId: KeyId;
    readonly algorithm: SigningAlgorithm;
    readonly signsFromMs: EpochMs;
  };
  keys_rewrapped: { readonly rows: number };
  key_compromised: { readonly keyId: KeyId };
  account_created: { readonly accountId: string };
  account_refused: { readonly reason: 'email_taken' };
  account_imported: { readonly accountId: string };
  password_rehashed: { readonly accountId: string };
  sign_in_succeeded: { readonly accountId: string };
  sign_in_failed: { readonly reason: 'unknown_account' | 'wrong_password'; readonly accountId?: string };
  client_created: { readonly clientId: string; readonly roles: readonly ClientRole[] };
  client_secret_changed: { readonly clientId: string };
  client_deleted: { readonly clientId: string };
  client_refused: {
    readonly reason: 'unknown_client' | 'wrong_secret' | 'missing_secret' | 'missing_role';
    readonly clientId?: string;
  };
  cross_site_refused: { readonly path: string; readonly reason: string };
  legacy_secret_weak: { readonly untilMs: EpochMs };
  view_stale: { readonly ageMs: number };
  /** `cause` is what was thrown, for a log that redacts. */
  request_failed: { readonly code: string; readonly detail: string; readonly cause: unknown };
  listener_failed: { readonly eventType: string; readonly message: string };
}

export type EventType = keyof EventFields;

/** One thing that happened. Events are told after what they tell of is durable. */
export type WatchwordEvent = {
  [Type in EventType]: Readonly<{ type: Type; atMs: EpochMs } & EventFields[Type]>;
}[EventType];

export type EventOf<Type extends EventType> = Extract<WatchwordEvent, { type: Type }>;

export interface EventDescription {
  /** `alert` wants a person, `warning` a look in the morning. */
  readonly level: 'info' | 'warning' | 'alert';
  /** What happened, in one sentence. */
  readonly meaning: string;
  /** What to do about it; empty where nothing is to be done. */
  readonly advice: string;
}

/** The catalogue behind `docs/events.md`. */
export const EVENT_CATALOGUE: { readonly [Type in EventType]: EventDescription } = {
  session_started: { level: 'info', meaning: 'A session began at a client.', advice: '' },
  session_ended: {
    level: 'info',
    meaning:
      'A session ended for good, for the reason given. Revoking everybody is told once, as `revocation_recorded`.',
    advice: '',
  },
  session_refused: {
    level: 'warning',
    meaning:
      'Somebody proved who they are and has as many sessions as `sessionLimit` allows: none was started.',
    advice: 'Tell them to sign out elsewhere, or raise the limit.',
  },
  session_exchanged: {
    level: 'info',
    meaning:
      'A credential of before was given up for a session, or within the race window presented again and answered with the same one.',
    advice: '',
  },
  exchange_refused: {
    level: 'warning',
    meaning: 'A credential of before was presented once more, after it had been given up for a session.',
    advice:
      'An application that keeps its old credential does this, and so does somebody who has a copy of it.',
  },
  session_moved: {
    level: 'info',
    meaning: 'A session went on from another network than before.',
    advice: 'Phones and travellers do this; together with `refresh_resent_late` it is worth a look.',
  },
  refresh_rotated: { level: 'info', meaning: 'A refresh token was exchanged for its successor.', advice: '' },
  refresh_current: {
    level: 'info',
    meaning:
      'The newest refresh token came back soon after it was delivered; it stays, with a fresh access token.',
    advice: '',
  },
  refresh_resent: {
    level: 'info',
    meaning:
      'The parent of the newest token came back within the race window and was given the same successor again.',
    advice: '',
  },
  refresh_resent_late: {
    level: 'warning',
    meaning:
      'The parent came back after the race window, before its successor was seen in use: probably a lost response.',
    advice: 'One now and then is a bad network. Several in a row for one session end in `refresh_reused`.',
  },
  refresh_moved_forward: {
    level: 'warning',
    meaning:
      'A refresh token that a restored store had forgotten came back, and its row was moved forward to it.',
    advice: 'Expected while a restore is accepted.',
  },
  refresh_reused: {
    level: 'alert',
    meaning:
      'A refresh token came back that its client had provably replaced: two parties hold this session. It was ended.',
    advice: 'Tell the user, and look at where the presentations came from.',
  },
  refresh_refused: {
    level: 'info',
    meaning:
      'A refresh token was turned away for the reason given; nobody was convicted and nothing changed.',
    advice: 'Many with the reason `forged` are somebody guessing.',
  },
  chain_settled: {
    level: 'info',
    meaning:
      'An access token of this generation was seen in use after the settling time, so its parent is dead.',
    advice: '',
  },
  server_key_suspected: {
    level: 'alert',
    meaning:
      'A refresh token carried a right outer and a wrong inner tag: somebody can compute with the server’s key.',
    advice: 'Treat the sealed keys and the secret as read by others: replace both, and revoke everything.',
  },
  store_rolled_back: {
    level: 'alert',
    meaning:
      'A refresh token of a generation that the store has not reached came back: the store lost its latest writes.',
    advice:
      'If a backup was restored, that is the reason. If none was, both keys are stolen: revoke everything.',
  },
  revocation_recorded: {
    level: 'info',
    meaning: 'An entry of the revocation log became durable.',
    advice: '',
  },
  token_issued: {
    level: 'info',
    meaning: 'A token of a kind of the application’s own was issued.',
    advice: '',
  },
  key_announced: {
    level: 'info',
    meaning: 'A signing key was made; it signs from the time given.',
    advice: '',
  },
  refresh_key_announced: {
    level: 'info',
    meaning:
      'A new version of the key behind refresh tokens was made; rotations use it, older tokens stay good.',
    advice: '',
  },
  restore_accepted: {
    level: 'warning',
    meaning:
      'An operator accepted that the store was restored: until the time given rows move forward to what clients show.',
    advice: 'What was revoked since the backup is live again: revoke it once more.',
  },
  keys_rewrapped: {
    level: 'info',
    meaning: 'Keys that lay under a former secret were sealed under the newest one.',
    advice: 'Once no process has only the former secret, take it out of the configuration.',
  },
  key_compromised: {
    level: 'alert',
    meaning: 'A signing key was declared compromised; everything that it signed is dead.',
    advice: 'Find out how it leaked before the next one does.',
  },
  account_created: { level: 'info', meaning: 'A user signed up.', advice: '' },
  account_refused: { level: 'info', meaning: 'A sign-up was turned away for the reason given.', advice: '' },
  account_imported: { level: 'info', meaning: 'A user of before was imported.', advice: '' },
  password_rehashed: {
    level: 'info',
    meaning: 'An imported user signed in, and the hash of before was replaced by one of our own.',
    advice: '',
  },
  sign_in_succeeded: { level: 'info', meaning: 'A user proved who they are.', advice: '' },
  sign_in_failed: {
    level: 'warning',
    meaning: 'A sign-in failed for the reason given, which the caller was not told.',
    advice: 'Many for one account, or for many accounts from one place, are an attack.',
  },
  client_created: { level: 'info', meaning: 'A client was registered.', advice: '' },
  client_secret_changed: { level: 'info', meaning: 'A client got a new secret.', advice: '' },
  client_deleted: {
    level: 'info',
    meaning: 'A client was deleted; its id is never given again, and its refresh tokens are dead.',
    advice: '',
  },
  client_refused: {
    level: 'warning',
    meaning: 'A client did not prove itself, or asked for what it has no role for.',
    advice: 'A deployment with an old secret does this, and so does somebody guessing.',
  },
  cross_site_refused: {
    level: 'warning',
    meaning: 'A request that changes something came from another site, or could not show that it did not.',
    advice: 'If the origin is yours, list it in `origins`.',
  },
  legacy_secret_weak: {
    level: 'alert',
    meaning:
      'A token was taken that a weak secret of before proves; told once by each process. Whoever guesses the secret is anybody.',
    advice: 'Let `legacyTokens.until` be soon, or have users sign in again.',
  },
  view_stale: {
    level: 'warning',
    meaning: 'This process has not been able to read the revocation log for longer than a route allows.',
    advice: 'Look at the store: until it answers, guarded routes answer 503.',
  },
  request_failed: {
    level: 'warning',
    meaning: 'A request could not be answered, and not by fault of who asked.',
    advice: 'The code says where to look: the store, the load, or a defect.',
  },
  listener_failed: {
    level: 'warning',
    meaning: 'A listener of the application’s own threw.',
    advice: 'Mend it.',
  },
};
