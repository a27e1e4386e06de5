import { labelled, utf8 } from '../../crypto/bytes.ts';
import { deriveKey } from '../../crypto/digest.ts';
import type { JwsKey } from '../../crypto/jws/jws-key.ts';
import type { RefreshKey } from '../../crypto/chain-text.ts';
import type { KeyId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import {
  currentSigningKey,
  successorIsDue,
  signingKeyState,
  verifiesTokens,
  type SigningAlgorithm,
  type SigningKey,
  type SigningKeyState,
} from '../../domain/signing-key.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { KeyWrapping } from '../../ports/key-wrapping.ts';
import type { KeyRing } from '../../ports/store/key-store.ts';
import type { RevocationLifetimes, RevocationResult } from '../../ports/store/revocation-log.ts';
import type { EngineContext } from '../context.ts';
import { KEY_LEAD_MS, SCHEDULED_KEY_LEAD_MS } from '../limits.ts';
import { createKeyMaker, type KeyMaker } from './make-keys.ts';
import { issuingRefreshKey, openRing, signingFeedKey, type OpenedRing, type RingKey } from './opened-ring.ts';
import { planRewrap } from './rewrap.ts';
import { planCompromise, planRootRotation, planRotation, type PlannedChange } from './plan-change.ts';

/** A signing key as it is shown: never its material. */
export interface SigningKeyInfo extends SigningKey {
  readonly state: SigningKeyState;
}

/** Loads the installation's keys, making the first ones where there are none. */
export async function createKeyKeeper(
  context: EngineContext,
  wrapping: KeyWrapping,
  lives: TokenLives,
): Promise<KeyKeeper> {
  const maker = createKeyMaker(context.clock, context.random, wrapping);
  const load = async (): Promise<OpenedRing> => {
    const ring = await readOrCreate(context, maker);
    return openRing(ring, wrapping, context.settings.issuer);
  };
  return new KeyKeeper({ context, maker, wrapping, ...lives, load }, await load());
}

/** How long tokens may live, and what kills them has to be kept. */
export interface TokenLives {
  readonly longestTokenMs: () => Promise<number>;
  readonly lifetimes: () => Promise<RevocationLifetimes>;
}

interface KeyKeeperParts extends TokenLives {
  readonly context: EngineContext;
  readonly maker: KeyMaker;
  readonly wrapping: KeyWrapping;
  readonly load: () => Promise<OpenedRing>;
}

/** The keys of the installation: kept current with the store, changed by compare and set. */
export class KeyKeeper {
  readonly #parts: KeyKeeperParts;
  #ring: OpenedRing;
  #loading = false;
  #failedRevision: number | undefined;
  /** Whether the store may have other keys under the same number. */
  #isDoubtful = false;

  constructor(parts: KeyKeeperParts, ring: OpenedRing) {
    this.#parts = parts;
    this.#ring = ring;
  }

  /** The key that signs now. */
  signing(): JwsKey {
    const current = currentSigningKey(this.#keys(), this.#nowMs());
    const found = current && this.#ring.signingKeys.get(current.id);
    if (found === undefined) throw new WatchwordError('ERR_INTERNAL', { detail: 'no key may sign' });
    return found.jws;
  }

  /** What a new key is for where nobody says it. */
  usualAlgorithm(): SigningAlgorithm {
    const { algorithm, algorithmIsFixed } = this.#parts.context.settings;
    return algorithmIsFixed ? algorithm : this.signing().algorithm;
  }

  /** The key of that id and its state; `undefined` if this process knows none. */
  find(id: KeyId): { readonly jws: JwsKey; readonly state: SigningKeyState } | undefined {
    const found = this.#ring.signingKeys.get(id);
    return found && { jws: found.jws, state: this.#stateOf(found) };
  }

  refreshKey(version: number): RefreshKey | undefined {
    return this.#ring.refreshKeys.get(version);
  }

  newestRefreshKey(): RefreshKey {
    return issuingRefreshKey(this.#ring, this.#nowMs());
  }

  tokenIdKey(): Uint8Array {
    return this.#ring.tokenIdKey;
  }

  csrfKey(): Uint8Array {
    return this.#ring.csrfKey;
  }

  /** What signs the feed, and never a token. */
  feedKey(): JwsKey {
    return signingFeedKey(this.#ring, this.#nowMs());
  }

  /** All keys that the feed was or will be signed with, for who verifies it. */
  feedJwks(): readonly JsonObject[] {
    return this.#ring.feedKeys.flatMap(({ key }) => (key.publicJwk === undefined ? [] : [key.publicJwk]));
  }

  /** What the processes of this installation authenticate to each other what they relay. */
  relayKey(epoch: string): Uint8Array {
    const { issuer } = this.#parts.context.settings;
    return deriveKey(this.#ring.tokenIdKey, labelled('watchword/feed-relay/1', utf8(`${issuer} ${epoch}`)));
  }

  /** What an installation recognizes itself by. */
  probeKey(): Uint8Array {
    const { issuer } = this.#parts.context.settings;
    return deriveKey(this.#ring.tokenIdKey, labelled('watchword/probe/1', utf8(issuer)));
  }

  /** Counts the changes of the ring. */
  revision(): number {
    return this.#ring.revision;
  }

  list(): readonly SigningKeyInfo[] {
    return this.#keys().map((key) => this.#info(key));
  }

  /** The public keys that verify now, RFC 7517 §5; none where all keys are secrets. */
  publicJwks(): readonly JsonObject[] {
    return [...this.#ring.signingKeys.values()]
      .filter((key) => verifiesTokens(this.#stateOf(key)))
      .flatMap(({ jws }) => (jws.publicJwk === undefined ? [] : [jws.publicJwk]));
  }

  /** Makes a new key and resolves once it signs; its predecessor verifies until its last token has expired. */
  async rotate(algorithm: SigningAlgorithm): Promise<SigningKeyInfo> {
    const { context, maker, longestTokenMs } = this.#parts;
    let successor: SigningKey | undefined;
    await this.#change(async (ring) => {
      const fresh = await maker.signingKey(algorithm, KEY_LEAD_MS);
      successor = fresh.key;
      return planRotation(ring, fresh, await longestTokenMs());
    });
    await context.scheduler.sleep(KEY_LEAD_MS);
    if (successor === undefined)
      throw new WatchwordError('ERR_INTERNAL', { detail: 'a rotation added no key' });
    return this.#info(successor);
  }

  /** Announces a successor where the signing key will be old by the time that it signs. Of several processes one does. */
  async rotateIfDue(): Promise<void> {
    const { settings } = this.#parts.context;
    const schedule = { lifeMs: settings.keyLifeMs, leadMs: SCHEDULED_KEY_LEAD_MS };
    const isDue = (keys: readonly SigningKey[]): boolean => successorIsDue(keys, this.#nowMs(), schedule);
    if (!isDue(this.#keys())) return;
    const { maker, longestTokenMs } = this.#parts;
    await this.#change(async (ring) => {
      if (!isDue(ring.signingKeys.map(({ key }) => key))) return undefined;
      const fresh = await maker.signingKey(this.usualAlgorithm(), SCHEDULED_KEY_LEAD_MS);
      return planRotation(ring, fresh, await longestTokenMs());
    });
  }

  /** Seals everything anew that lies under a secret of before; says how many rows. */
  async rewrap(): Promise<number> {
    const { maker, wrapping, context } = this.#parts;
    let rows = 0;
    await this.#change(async (ring) => {
      const planned = await planRewrap(ring, wrapping.keyId, maker);
      rows = planned?.rows ?? 0;
      return planned;
    });
    if (rows > 0) context.events.record('keys_rewrapped', { rows });
    return rows;
  }

  /** Makes a new version of the key behind refresh tokens and resolves once rotations issue under it; signs nobody out. */
  async rotateRefreshKey(): Promise<{ readonly version: number }> {
    const version = await this.#addRoot('refresh');
    this.#parts.context.events.record('refresh_key_announced', { version });
    await this.#parts.context.scheduler.sleep(KEY_LEAD_MS);
    return { version };
  }

  /** Makes another key of the feed and resolves once it signs; those before it stay published. */
  async rotateFeedKey(): Promise<{ readonly version: number }> {
    const version = await this.#addRoot('feed');
    this.#parts.context.events.record('feed_key_announced', { version });
    await this.#parts.context.scheduler.sleep(KEY_LEAD_MS);
    return { version };
  }

  async #addRoot(purpose: 'refresh' | 'feed'): Promise<number> {
    let version = 0;
    await this.#change(async (ring) => {
      const planned = await planRootRotation(ring, purpose, this.#parts.maker);
      version = planned.version;
      return planned;
    });
    return version;
  }

  /** Kills a key and everything that it signed, durably; replaces it if it was the one that signs. */
  async compromise(id: KeyId): Promise<RevocationResult> {
    const { context, maker, lifetimes } = this.#parts;
    const revocation = await this.#change(async (ring) =>
      planCompromise(ring, id, this.#nowMs(), maker, await lifetimes()),
    );
    if (revocation === undefined)
      throw new WatchwordError('ERR_INTERNAL', { detail: 'no log entry was written' });
    context.events.record('key_compromised', { keyId: id });
    return revocation;
  }

  /** The store has gone back to an earlier state, from which it counts on: its keys are read again. */
  restored(): void {
    this.#isDoubtful = true;
  }

  /** Catches up if the store's ring is not at `revision`. */
  follow(revision: number): void {
    if (this.#loading || (revision === this.#ring.revision && !this.#isDoubtful)) return;
    this.#loading = true;
    // Where it fails, the next look at the store tries again; until then the keys that are known stay in use.
    this.#reload()
      .catch((cause: unknown) => this.#tellFailure(revision, cause))
      .finally(() => {
        this.#loading = false;
      });
  }

  /** Computes a change from the newest ring until one is committed, or none is wanted any more. */
  async #change(
    plan: (ring: KeyRing) => Promise<PlannedChange | undefined>,
  ): Promise<RevocationResult | undefined> {
    const { store } = this.#parts.context;
    for (;;) {
      const ring = await store.keys.read();
      const planned = await plan(ring);
      if (planned === undefined) return undefined;
      const { change, added } = planned;
      const outcome = await store.keys.change({ ...change, expectedRevision: ring.revision });
      if (outcome.kind === 'conflict') continue;
      // It is done, whatever becomes of the reading: the next look at the store tries that again.
      await this.#reload().catch((cause: unknown) => this.#tellFailure(outcome.revision, cause));
      if (added !== undefined) announce(this.#parts.context, added);
      return outcome.revocation;
    }
  }

  /** Once for each revision: the store is looked at many times a second. */
  #tellFailure(revision: number, cause: unknown): void {
    if (revision === this.#failedRevision) return;
    this.#failedRevision = revision;
    const code = cause instanceof WatchwordError ? cause.code : 'ERR_INTERNAL';
    const detail = 'the keys could not be read: this process goes on with those that it knows';
    this.#parts.context.events.record('request_failed', { code, detail, cause });
  }

  async #reload(): Promise<void> {
    const [before, wasDoubtful] = [this.#ring, this.#isDoubtful];
    const fresh = await this.#parts.load();
    // What was read after the ring that is known, and is older, is what a store has that went back.
    const isNewer = this.#ring === before || fresh.revision > this.#ring.revision;
    if (!isNewer) return;
    this.#ring = fresh;
    if (wasDoubtful) this.#isDoubtful = false;
  }

  #keys(): SigningKey[] {
    return [...this.#ring.signingKeys.values()].map(({ key }) => key);
  }

  #info(key: SigningKey): SigningKeyInfo {
    return { ...key, state: signingKeyState(key, this.#nowMs()) };
  }

  #stateOf({ key }: RingKey): SigningKeyState {
    return signingKeyState(key, this.#nowMs());
  }

  #nowMs() {
    return this.#parts.context.clock.nowMs();
  }
}

/** What is missing is made: all of it at first, the feed's key where the keys were made before there was a feed. */
async function readOrCreate(context: EngineContext, maker: KeyMaker): Promise<KeyRing> {
  const { store, settings } = context;
  for (;;) {
    const ring = await store.keys.read();
    const isNew = ring.signingKeys.length === 0 || ring.roots.length === 0;
    const hasFeedKey = ring.roots.some(({ purpose }) => purpose === 'feed');
    if (!isNew && hasFeedKey) return ring;
    const roots = hasFeedKey ? [] : [await maker.root('feed', 1)];
    if (isNew) roots.push(await maker.root('refresh', 1), await maker.root('token_id', 1));
    const first = isNew ? await maker.signingKey(settings.algorithm, 0) : undefined;
    const signingKeys = first === undefined ? [] : [first];
    const made = await store.keys.change({ expectedRevision: ring.revision, roots, signingKeys });
    if (made.kind === 'committed' && first !== undefined) announce(context, first.key);
  }
}

function announce({ events }: EngineContext, { id, algorithm, signsFromMs }: SigningKey): void {
  events.record('key_announced', { keyId: id, algorithm, signsFromMs });
}
