import { parseAlgorithm, type JwsAlgorithm } from '../../crypto/jws/algorithms.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import type { Random } from '../../ports/random.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { discoverKeySetUrl, fetchDocument } from './find-key-set.ts';
import { readKeySet, type ParsedKeys, type RemoteKey, type RemoteKeys } from './read-key-set.ts';
import { UnknownKeyIds } from './unknown-key-ids.ts';

export interface RemoteKeysParts {
  readonly issuer: string;
  /** Where the keys are; `undefined` where the issuer's metadata says it. */
  readonly keySetUrl: string | undefined;
  readonly algorithms: readonly JwsAlgorithm[];
  /** The longest that a set is used before it is asked for again. */
  readonly renewMs: number;
  /** How long the last good set serves while there is no newer one. */
  readonly outageMs: number;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Whether a URL is one that keys may come from: https, or this machine. */
  readonly isAllowedUrl: (url: string) => boolean;
}

/** What is known of an issuer's keys. */
export interface RemoteKeysStatus {
  readonly issuer: string;
  readonly keyIds: readonly string[];
  /** Since the set was fetched; `undefined` before the first. */
  readonly ageMs: number | undefined;
  /** Why the last attempt failed; `undefined` where it did not. */
  readonly problem: string | undefined;
}

/** However short an issuer says that its set lives. */
const SHORTEST_RENEWAL_MS = 1000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** How long whoever waits for the first keys looks away. */
const WAIT_MS = 100;
/** How far apart the questions are that unknown `kid`s bring about, whatever is presented. */
const COOL_DOWN_MS = 1000;
/** Renewals come this much early, at random, so that the instances of a service do not ask at once. */
const JITTER = 0.2;

/**
 * The keys of an issuer elsewhere: fetched at once, renewed before they are stale, kept through outages. There is one request
 * at a time, and for unknown `kid`s at most one a second.
 */
export class IssuerKeys {
  readonly #parts: RemoteKeysParts;
  readonly #unknown: UnknownKeyIds;
  #keys: RemoteKeys | undefined;
  #loadedMs = 0;
  #url: string | undefined;
  #problem: string | undefined;
  #failures = 0;
  #loading: Promise<void> | undefined;
  #nextLook: Promise<void> | undefined;
  #loaded: Promise<void> | undefined;
  #hinting = false;
  /** By the text of the JWK: one that stays the same stays the same object, and what it has verified stays remembered. */
  readonly #parsed: ParsedKeys = new Map();
  #lookedMs = -Infinity;
  #cancelNext: () => void = () => undefined;
  #closed = false;

  constructor(parts: RemoteKeysParts) {
    this.#parts = parts;
    this.#url = parts.keySetUrl;
    this.#unknown = new UnknownKeyIds(parts.clock);
  }

  /** Begins to fetch, and goes on until `close`. */
  start(): void {
    void this.#load();
  }

  get isUsable(): boolean {
    const { clock, outageMs } = this.#parts;
    return this.#keys !== undefined && clock.monotonicMs() - this.#loadedMs <= outageMs;
  }

  /** The key of that name for that algorithm, or where there is none the one that shows what is wrong with the algorithm. */
  find(kid: string, algorithm: unknown): RemoteKey | undefined {
    const named = this.isUsable ? this.#keys?.get(kid) : undefined;
    if (named === undefined || named.length === 1) return named?.[0];
    const wanted = parseAlgorithm(algorithm);
    return named.find(({ jws }) => jws.algorithm === wanted) ?? named[0];
  }

  /** Resolves once the issuer was asked after this call, unless it was asked about this `kid` a moment ago. Never rejects. */
  async lookAgain(kid: string): Promise<void> {
    // What is under way began before the question: it may bring the key, and may have missed it.
    await this.#loading;
    if (this.#closed || this.#has(kid) || this.#unknown.has(kid)) return;
    await (this.#nextLook ??= this.#look());
    if (this.#problem === undefined && !this.#has(kid)) this.#unknown.add(kid);
  }

  /** The same for who does not wait: one at a time, however many tokens come meanwhile. */
  hint(kid: string): void {
    if (this.#hinting) return;
    this.#hinting = true;
    void this.lookAgain(kid).finally(() => {
      this.#hinting = false;
    });
  }

  /** Asks again soon, because the keys are known to have changed: within `withinMs`, at random. */
  renewWithin(withinMs: number): void {
    if (this.#closed) return;
    const { scheduler, random } = this.#parts;
    this.#cancelNext();
    this.#cancelNext = scheduler.after(random.jitter() * withinMs, () => {
      // What is under way may have been answered before they changed.
      void Promise.resolve(this.#loading).then(() => (this.#closed ? undefined : this.#load()));
    });
  }

  /** Resolves once there are keys; rejects with `ERR_CLOSED` where nobody fetches them any more. */
  whenLoaded(): Promise<void> {
    this.#loaded ??= this.#waitForKeys().finally(() => {
      this.#loaded = undefined;
    });
    return this.#loaded;
  }

  /** It asks for nothing itself: retries come when they are due, however many wait. */
  async #waitForKeys(): Promise<void> {
    while (!this.isUsable) {
      if (this.#closed) throw new WatchwordError('ERR_CLOSED');
      await (this.#loading ?? this.#parts.scheduler.sleep(WAIT_MS));
    }
  }

  #has(kid: string): boolean {
    return this.isUsable && this.#keys?.has(kid) === true;
  }

  status(): RemoteKeysStatus {
    const { issuer, clock } = this.#parts;
    return {
      issuer,
      keyIds: [...(this.#keys?.keys() ?? [])],
      ageMs: this.#keys === undefined ? undefined : clock.monotonicMs() - this.#loadedMs,
      problem: this.#problem,
    };
  }

  async #look(): Promise<void> {
    const { clock, scheduler } = this.#parts;
    const waitMs = this.#lookedMs + COOL_DOWN_MS - clock.monotonicMs();
    // Who asks meanwhile joins.
    await scheduler.sleep(Math.max(0, waitMs));
    this.#lookedMs = clock.monotonicMs();
    this.#nextLook = undefined;
    // A renewal may have begun meanwhile, too early for whoever has just joined.
    await this.#loading;
    if (!this.#closed) await this.#load();
  }

  close(): void {
    this.#closed = true;
    this.#cancelNext();
  }

  #load(): Promise<void> {
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetch(): Promise<void> {
    const { clock, http, issuer, isAllowedUrl, algorithms, renewMs } = this.#parts;
    const begunMs = clock.monotonicMs();
    this.#cancelNext();
    try {
      this.#url ??= await discoverKeySetUrl(http, issuer, isAllowedUrl);
      if (this.#closed) return;
      const document = await fetchDocument(http, this.#url);
      const keys = document === 'missing' ? undefined : readKeySet(document.value, algorithms, this.#parsed);
      if (document === 'missing' || keys === undefined) throw new Error('there is no key set');
      if (keys.size === 0) throw new Error('there is no usable key in its set');
      this.#keys = keys;
      this.#loadedMs = begunMs;
      this.#problem = undefined;
      this.#failures = 0;
      const { maxAgeSeconds } = document;
      const lifeMs = maxAgeSeconds === undefined ? renewMs : Math.min(maxAgeSeconds * 1000, renewMs);
      this.#next(Math.max(lifeMs, SHORTEST_RENEWAL_MS));
    } catch (error) {
      this.#problem = `The keys of ${issuer} could not be fetched: ${reasonOf(error)}.`;
      this.#failures += 1;
      // The issuer may have moved its keys.
      if (this.#parts.keySetUrl === undefined) this.#url = undefined;
      this.#next(Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS));
    }
  }

  #next(delayMs: number): void {
    if (this.#closed) return;
    const { scheduler, random } = this.#parts;
    const early = ((random.bytes(1)[0] ?? 0) / 256) * JITTER;
    this.#cancelNext = scheduler.after(delayMs * (1 - early), () => void this.#load());
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'something was thrown that is no error';
}
