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
  key_compromised: { readonly keyId: KeyId };
  account_created: { readonly accountId: string };
  account_refused: { readonly reason: 'email_taken' };
  sign_in_succeeded: { readonly accountId: string };
  sign_in_failed: { readonly reason: 'unknown_account' | 'wrong_password'; readonly accountId?: string };
  cross_site_refused: { readonly path: string; readonly reason: string };
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
  key_compromised: {
    level: 'alert',
    meaning: 'A signing key was declared compromised; everything that it signed is dead.',
    advice: 'Find out how it leaked before the next one does.',
  },
  account_created: { level: 'info', meaning: 'A user signed up.', advice: '' },
  account_refused: { level: 'info', meaning: 'A sign-up was turned away for the reason given.', advice: '' },
  sign_in_succeeded: { level: 'info', meaning: 'A user proved who they are.', advice: '' },
  sign_in_failed: {
    level: 'warning',
    meaning: 'A sign-in failed for the reason given, which the caller was not told.',
    advice: 'Many for one account, or for many accounts from one place, are an attack.',
  },
  cross_site_refused: {
    level: 'warning',
    meaning: 'A request that changes something came from another site, or could not show that it did not.',
    advice: 'If the origin is yours, list it in `origins`.',
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
