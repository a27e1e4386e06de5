import type { JsonObject } from '../domain/json.ts';
import type { ChainPolicy } from '../domain/refresh-chain.ts';
import type { Session, SessionLimit } from '../domain/session.ts';
import type { SigningAlgorithm } from '../domain/signing-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { FeedRelay } from '../ports/feed-relay.ts';
import type { Random } from '../ports/random.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Store } from '../ports/store/store.ts';

/** Everything that an application can set, checked and with its defaults filled in. */
export interface EngineSettings {
  readonly issuer: string;
  /** The audience of tokens for which none is named: the issuer, unless set otherwise. */
  readonly audience: readonly string[];
  /** What the first key is for. */
  readonly algorithm: SigningAlgorithm;
  /** Whether every key has to be for it; else whoever rotates decides, and it stays so. */
  readonly algorithmIsFixed: boolean;
  /** How long a key signs before another takes its place, in milliseconds. */
  readonly keyLifeMs: number;
  readonly accessTtlMs: number;
  readonly idleTtlMs: number;
  readonly absoluteTtlMs: number;
  /** The same for sessions that are not remembered. */
  readonly unrememberedTtlMs: number;
  /** What a browser is given: an access token and a refresh token, or one opaque id. */
  readonly browserSessions: 'jwt' | 'opaque';
  /** `undefined` where a subject may have any number of sessions. */
  readonly sessionLimit: SessionLimit | undefined;
  readonly chain: ChainPolicy;
  /** How old this process's knowledge of revocations may be before tokens are refused, in milliseconds. */
  readonly maxStalenessMs: number;
  /** How many verified tokens are remembered, so that a signature is checked once; 0 for none. */
  readonly tokenCacheSize: number;
  /** Claims that may hold what looks sensitive, because the application said so. */
  readonly allowedClaims: ReadonlySet<string>;
  /** Asked at each access token for claims such as roles; `undefined` where the application adds none. */
  readonly claims: ((session: Session) => JsonObject | Promise<JsonObject>) | undefined;
}

/** A relay that was opened, and what it is called in messages. */
export interface OpenedRelay {
  readonly kind: string;
  readonly link: FeedRelay;
}

/** What every capability of the engine stands on. */
export interface EngineContext {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly events: EventSink;
  readonly store: Store;
  /** `undefined` where the processes of the installation hear of each other from the store alone. */
  readonly relay?: OpenedRelay;
}
