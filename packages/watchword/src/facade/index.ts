export { createWatchword } from './create-watchword.ts';
export { WatchwordError } from '../errors/watchword-error.ts';
export { ERROR_CATALOGUE } from '../errors/catalogue.ts';
export { EVENT_CATALOGUE } from '../domain/event-catalogue.ts';
export type {
  AccountOptions,
  CookieOptions,
  SelfCheckOptions,
  SessionLimitOptions,
  WatchwordOptions,
} from './options.ts';
export type { LegacyTokenOptions } from './legacy-options.ts';
export type { Jwk, JwsAlgorithmName, TypedKey, VerificationKeys } from './jws-keys.ts';
export type { Client, ClientRole } from '../domain/client.ts';
export type { ImportedUser, ImportOutcome, ImportRefusal } from '../engine/accounts/import-users.ts';
export type { ClientWithSecret, NewClient } from '../engine/clients/clients.ts';
export type {
  EffectiveSettings,
  FeedStatus,
  IssueToken,
  LoggedRevocation,
  PageOfSessions,
  RefreshOptions,
  RevocationLogPage,
  SessionFilter,
  Revoked,
  RevokeOptions,
  SessionTokens,
  Watchword,
} from './watchword.ts';
export type { StartSession } from '../engine/sessions/session-input.ts';
export type { VerifyOptions } from './expectations.ts';
export type { EventListener, Events } from './event-hub.ts';
export type { ErrorCode, ErrorDescription } from '../errors/catalogue.ts';
export type { EventOf, EventType, WatchwordEvent } from '../domain/events.ts';
export type { Session, SessionLimit, SessionStatus } from '../domain/session.ts';
export type { SessionPlace } from '../domain/place.ts';
export type { JsonObject, JsonValue } from '../domain/json.ts';
export type { SigningAlgorithm, SigningKeyState } from '../domain/signing-key.ts';
export type { SigningKeyInfo } from '../engine/keys/key-keeper.ts';
export type { VerifierState, VerifierStatus } from '../engine/receipts/verifier-status.ts';
export type { Acknowledgement, MissingReceipt, Receipts } from '../engine/receipts/wait-for-receipts.ts';
export type { VerifiedToken } from '../engine/tokens/verified-token.ts';
export type {
  ConnectGuard,
  ConnectNext,
  ConnectRequest,
  ConnectResponse,
  GuardOptions,
  SelfCheckFinding,
  SelfCheckReport,
} from '../http/index.ts';
export type { SecretSource } from '../ports/secret-source.ts';
export type { Store, StoreContext, StoreFactory } from '../ports/store/store.ts';
