import type { ClientRole } from './client.ts';
import type { KeyId, SessionId } from './ids.ts';
import type { RevocationKind } from './revocation.ts';
import type { Delivery, SessionEndReason } from './session.ts';
import type { SigningAlgorithm } from './signing-key.ts';
import type { EpochMs } from './time.ts';
import type { ViolationReport } from './violation-report.ts';

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

/** Why a stream of the feed ended: its client went away, or this side had a reason. */
export type FeedStreamEnd =
  | 'client_left'
  | 'too_slow'
  | 'withdrawn'
  | 'new_epoch'
  | 'gap'
  | 'store_unavailable'
  | 'closing';

/** Why a verifier stopped following the feed on a connection. */
export type FeedProblem =
  // What came is not what the issuer sends.
  | 'malformed'
  | 'truncated'
  | 'too_large'
  | 'order'
  | 'unknown_key'
  | 'signature'
  | 'issuer'
  | 'replayed'
  | 'chain'
  | 'forked'
  | 'went_back'
  | 'digest'
  // Nothing comes.
  | 'unreachable'
  | 'keys'
  | 'silent'
  | 'ended'
  | 'status'
  | 'busy'
  | 'credential'
  // The clock or the history is another one than before, which connecting again mends.
  | 'clock'
  | 'position';

/** Why a request that acts by its cookies was turned away. */
export type CrossSiteRule =
  /** `Sec-Fetch-Site` says that no page of ours began it. */
  | 'fetch_site'
  /** There is no `Sec-Fetch-Site`, and the origin is neither ours nor listed. */
  | 'origin'
  /** Neither says where it comes from, and there is no session yet whose token could. */
  | 'unstated'
  /** Neither says where it comes from, and there is no CSRF token. */
  | 'token_missing'
  /** The same, and the CSRF token is none of this session. */
  | 'token_wrong';

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
  revocation_log_lost: { readonly sequence: number; readonly knownSequence: number };
  feed_stream_opened: { readonly clientId: string };
  feed_stream_closed: { readonly clientId: string; readonly reason: FeedStreamEnd };
  feed_refused: { readonly clientId: string; readonly reason: 'too_many_streams' | 'too_many_snapshots' };
  feed_relay_refused: { readonly messages: number };
  token_issued: { readonly typ: string; readonly subject: string };
  refresh_key_announced: { readonly version: number };
  feed_key_announced: { readonly version: number };
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
  cross_site_refused: {
    readonly path: string;
    readonly reason: CrossSiteRule;
    /** What arrived, and what would have been right. */
    readonly detail: string;
  };
  cookie_duplicate: { readonly names: readonly string[] };
  cookie_near_limit: { readonly name: string; readonly length: number; readonly limit: number };
  csp_reported: ViolationReport;
  csp_reports_dropped: { readonly count: number };
  legacy_secret_weak: { readonly untilMs: EpochMs };
  view_stale: { readonly ageMs: number };
  feed_loaded: { readonly issuer: string; readonly epoch: string; readonly sequence: number };
  feed_disconnected: { readonly issuer: string; readonly problem: FeedProblem; readonly detail: string };
  feed_fault: { readonly issuer: string; readonly problem: FeedProblem; readonly detail: string };
  feed_file_ignored: { readonly issuer: string; readonly detail: string };
  accepted_stale: { readonly issuer: string; readonly ageMs: number };
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
