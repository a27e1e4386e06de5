import { encodeBase64url } from '../../crypto/base64url.ts';
import { generateKeyMaterial } from '../../crypto/jws/key-material.ts';
import type { JwsKey } from '../../crypto/jws/jws-key.ts';
import type { RefreshKey } from '../../crypto/refresh-token.ts';
import { seal } from '../../crypto/sealed.ts';
import type { KeyId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import {
  announceKey,
  compromiseKey,
  currentSigningKey,
  signingKeyState,
  supersedeKey,
  verifiesTokens,
  type SigningAlgorithm,
  type SigningKey,
  type SigningKeyState,
} from '../../domain/signing-key.ts';
import { ArgumentError, WatchwordError } from '../../errors/watchword-error.ts';
import type { KeyWrapping } from '../../ports/key-wrapping.ts';
import type { KeyRing, KeyRingChange, KeyRingOutcome, StoredRoot, StoredSigningKey } from '../../ports/store/key-store.ts';
import type { RevocationLifetimes, RevocationResult } from '../../ports/store/revocation-log.ts';
import type { EngineContext } from '../context.ts';
import { KEY_LEAD_MS } from '../limits.ts';
import { openRing, rootPurpose, signingKeyPurpose, type OpenedRing } from './opened-ring.ts';

/** A signing key as it is shown: never its material. */
export interface SigningKeyInfo extends SigningKey {
  readonly state: SigningKeyState;
}

/** The keys of the installation: kept current with the store, changed by compare and set. */
export interface KeyKeeper {
  /** The key that signs now. */
  signing(): JwsKey;
  /** The key of that id and whether it may verify now; `undefined` if this process knows none. */
  find(id: string): { readonly jws: JwsKey; readonly state: SigningKeyState } | undefined;
  refreshKey(version: number): RefreshKey | undefined;
  newestRefreshKey(): RefreshKey;
  tokenIdKey(): Uint8Array;
  list(): readonly SigningKeyInfo[];
  /** The public keys that verify now, RFC 7517 §5; none where all keys are secrets. */
  publicJwks(): readonly JsonObject[];
  /** Makes a new key and resolves once it signs; its predecessor verifies until its last token has expired. */
  rotate(algorithm: SigningAlgorithm): Promise<SigningKeyInfo>;
  /** Kills a key and everything that it signed, durably; replaces it if it was the one that signs. */
  compromise(id: KeyId): Promise<RevocationResult>;
  /** Catches up if the store's ring is not at `revision`. */
  follow(revision: number): void;
}

const ROOT_BYTES = 32;
const KEY_ID_BYTES = 12;

export async function createKeyKeeper(
  context: EngineContext,
  wrapping: KeyWrapping,
  lifetimes: () => RevocationLifetimes,
): Promise<KeyKeeper> {
  const { store, clock, random, settings, events } = context;
  const load = async (): Promise<OpenedRing> => openRing(await readOrCreate(), wrapping, settings.issuer);

  async function readOrCreate(): Promise<KeyRing> {
    for (;;) {
      const ring = await store.keys.read();
      if (ring.signingKeys.length > 0 && ring.roots.length > 0) return ring;
      const roots = [await sealedRoot('refresh'), await sealedRoot('token_id')];
      const first = await sealedSigningKey(settings.algorithm, 0);
      const created = await store.keys.change({ expectedRevision: ring.revision, roots, signingKeys: [first] });
      if (created.kind === 'committed') announce(first.key);
    }
  }

  async function sealedRoot(purpose: StoredRoot['purpose']): Promise<StoredRoot> {
    const root = { purpose, version: 1, createdMs: clock.nowMs() };
    return { ...root, sealed: await seal(random.bytes(ROOT_BYTES), rootPurpose(root), wrapping, random) };
  }

  async function sealedSigningKey(algorithm: SigningAlgorithm, leadMs: number): Promise<StoredSigningKey> {
    const id = encodeBase64url(random.bytes(KEY_ID_BYTES)) as KeyId;
    const material = await generateKeyMaterial(algorithm, random);
    const sealed = await seal(material, signingKeyPurpose(id), wrapping, random);
    return { key: announceKey({ id, algorithm }, clock.nowMs(), leadMs), sealed };
  }

  function announce(key: SigningKey): void {
    events.record('key_announced', { keyId: key.id, algorithm: key.algorithm, signsFromMs: key.signsFromMs });
  }

  let opened = await load();
  let loading = false;

  /** Computes a change from the newest ring until one is committed. */
  async function changeRing<Change extends Omit<KeyRingChange, 'expectedRevision'>>(
    plan: (ring: KeyRing) => Promise<Change>,
  ): Promise<{ change: Change; outcome: Extract<KeyRingOutcome, { kind: 'committed' }> }> {
    for (;;) {
      const ring = await store.keys.read();
      const change = await plan(ring);
      const outcome = await store.keys.change({ ...change, expectedRevision: ring.revision });
      if (outcome.kind === 'committed') {
        opened = await load();
        return { change, outcome };
      }
    }
  }

  function info(key: SigningKey): SigningKeyInfo {
    return { ...key, state: signingKeyState(key, clock.nowMs()) };
  }

  const keys = (): SigningKey[] => [...opened.signingKeys.values()].map(({ key }) => key);

  return {
    signing() {
      const current = currentSigningKey(keys(), clock.nowMs());
      const found = current && opened.signingKeys.get(current.id);
      if (found === undefined) throw new WatchwordError('ERR_INTERNAL', { detail: 'no key may sign' });
      return found.jws;
    },
    find(id) {
      const found = opened.signingKeys.get(id as KeyId);
      return found && { jws: found.jws, state: signingKeyState(found.key, clock.nowMs()) };
    },
    refreshKey: (version) => opened.refreshKeys.get(version),
    newestRefreshKey: () => opened.newestRefreshKey,
    tokenIdKey: () => opened.tokenIdKey,
    list: () => keys().map(info),
    publicJwks() {
      const now = clock.nowMs();
      return [...opened.signingKeys.values()]
        .filter(({ key }) => verifiesTokens(signingKeyState(key, now)))
        .flatMap(({ jws }) => (jws.publicJwk === undefined ? [] : [jws.publicJwk]));
    },
    async rotate(algorithm) {
      const { change } = await changeRing(async (ring) => {
        const successor = await sealedSigningKey(algorithm, KEY_LEAD_MS);
        const predecessors = ring.signingKeys
          .map(({ key, sealed }) => ({ key: supersedeKey(key, successor.key, lifetimes().tokenMs), sealed }))
          .filter(({ key }, index) => key !== ring.signingKeys[index]?.key);
        return { signingKeys: [successor, ...predecessors], roots: [], successor: successor.key };
      });
      announce(change.successor);
      await context.scheduler.sleep(KEY_LEAD_MS);
      return info(change.successor);
    },
    async compromise(id) {
      const { change, outcome } = await changeRing(async (ring) => planCompromise(ring, id));
      if (change.successor !== undefined) announce(change.successor);
      events.record('key_compromised', { keyId: id });
      if (outcome.revocation === undefined) throw new WatchwordError('ERR_INTERNAL', { detail: 'no log entry' });
      return outcome.revocation;
    },
    follow(revision) {
      if (loading || revision === opened.revision) return;
      loading = true;
      load()
        .then((fresh) => {
          if (fresh.revision > opened.revision) opened = fresh;
        })
        // The next look at the store tries again; until then the keys that are known stay in use.
        .catch(() => undefined)
        .finally(() => {
          loading = false;
        });
    },
  };

  async function planCompromise(ring: KeyRing, id: KeyId) {
    const stored = ring.signingKeys.find(({ key }) => key.id === id);
    if (stored === undefined) throw new ArgumentError('There is no signing key of that id; `keys.list()` shows those there are.');
    const dead = { ...stored, key: compromiseKey(stored.key, clock.nowMs()) };
    const others = ring.signingKeys.filter((other) => other !== stored).map(({ key }) => key);
    const replacement =
      currentSigningKey(others, clock.nowMs()) === undefined
        ? await sealedSigningKey(stored.key.algorithm, 0)
        : undefined;
    return {
      signingKeys: replacement === undefined ? [dead] : [dead, replacement],
      roots: [],
      revoke: { requests: [{ kind: 'key' as const, keyId: id }], lifetimes: lifetimes() },
      successor: replacement?.key,
    };
  }
}
