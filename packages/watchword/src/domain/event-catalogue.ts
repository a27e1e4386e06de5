import type { EventType } from './events.ts';

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
  feed_key_announced: {
    level: 'info',
    meaning: 'Another key was made that signs the revocation feed; verifiers fetch it by themselves.',
    advice: '',
  },
  revocation_log_lost: {
    level: 'alert',
    meaning:
      'The store lost entries of the revocation log that had been acknowledged. A new epoch was begun; processes and verifiers keep those that they know.',
    advice:
      'If a backup was restored or a replica promoted, that is the reason: see `watchword accept-restore`. Revoke again what must stay revoked.',
  },
  feed_stream_opened: {
    level: 'info',
    meaning: 'A verifier began to follow the revocation feed.',
    advice: '',
  },
  feed_stream_closed: {
    level: 'info',
    meaning: 'A verifier no longer follows the feed over this connection, for the reason given.',
    advice: 'Many with the reason `too_slow` are a verifier, or a proxy before it, that does not read.',
  },
  feed_refused: {
    level: 'warning',
    meaning:
      'A verifier was turned away because there are as many streams or snapshots as this process serves at once.',
    advice: 'Add a process, or look for a verifier that reconnects in a loop.',
  },
  feed_relay_refused: {
    level: 'warning',
    meaning: 'The relay between processes carried messages that none of them made, in the number given.',
    advice:
      'Somebody else can write to it. They can delay nothing and revoke nothing, but should not be there.',
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
    meaning:
      'A request that changes something came from another site, or could not show that it did not. `reason` is the rule, ' +
      '`detail` what arrived and what would have been right.',
    advice:
      'If the origin is yours, list it in `origins`. Where your own pages are refused, a proxy changes or drops headers: ask ' +
      '`auth.selfCheck()` which.',
  },
  cookie_duplicate: {
    level: 'warning',
    meaning:
      'A browser sent a cookie of ours twice, so that nobody can say which is its own. It was told to forget both; its user signs in again.',
    advice:
      'Once for each user after `cookies.partitioned` was switched off. Else a proxy adds `Domain` or `Path` to cookies (ask ' +
      '`auth.selfCheck()`), or somebody else on this domain tries to plant one.',
  },
  cookie_near_limit: {
    level: 'warning',
    meaning:
      'A cookie that was set is near the size above which browsers drop it, and tokens are refused; told again as it grows.',
    advice:
      'Put less into `claims`: ids in place of names and lists, or nothing, with `browserSessions: "opaque"`.',
  },
  csp_reported: {
    level: 'warning',
    meaning:
      'A browser reported what the content security policy of a page kept from happening, or says so: anybody can send such a report.',
    advice:
      'Many alike after a deployment are a page that does what its policy forbids. Else look for markup in that page which is not yours; ' +
      'extensions of browsers are reported too.',
  },
  csp_reports_dropped: {
    level: 'warning',
    meaning:
      'Within a minute more such reports came than this process tells of one by one; the others were counted and not looked at.',
    advice:
      'Look at those that were told: a page that everybody opens breaks its policy, or somebody makes noise.',
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
  feed_loaded: {
    level: 'info',
    meaning:
      'A verifier has loaded a snapshot of the revocations: it is new, was away for long, or the issuer’s store was restored.',
    advice: '',
  },
  feed_disconnected: {
    level: 'warning',
    meaning:
      'A verifier does not follow the feed any more, for the reason given, and goes on trying. Told once for each outage.',
    advice: 'Look at the issuer and the way there; with `credential`, at the client and its role `verifier`.',
  },
  feed_fault: {
    level: 'alert',
    meaning:
      'What came as the feed is not what the issuer signed, or not all of it: a verifier refused it and connects again.',
    advice: 'Find out what lies between: somebody may be forging, or holding back, revocations.',
  },
  feed_file_ignored: {
    level: 'warning',
    meaning:
      'The file with the last snapshot is damaged, somebody else’s or could not be written; the verifier does without.',
    advice: 'Look at the disk, and at who may write there.',
  },
  accepted_stale: {
    level: 'warning',
    meaning:
      'A token was accepted although the newest revocations are not known, as the route says. Told at most once a second.',
    advice: 'Look at the issuer and the way there: what was revoked meanwhile is taken.',
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
