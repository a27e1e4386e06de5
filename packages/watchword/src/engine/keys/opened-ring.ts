import { deriveCsrfKey } from '../../crypto/csrf-token.ts';
import { deriveFeedKey } from '../../crypto/jws/feed-key.ts';
import { deriveRefreshKey, type RefreshKey } from '../../crypto/chain-text.ts';
import { createJwsKey } from '../../crypto/jws/key-material.ts';
import type { JwsKey } from '../../crypto/jws/jws-key.ts';
import { open, type SealedPurpose } from '../../crypto/sealed.ts';
import type { KeyId } from '../../domain/ids.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { EpochMs } from '../../domain/time.ts';
import { ConfigurationError } from '../../errors/watchword-error.ts';
import type { KeyWrapping } from '../../ports/key-wrapping.ts';
import type { KeyRing, StoredRoot, StoredSigningKey } from '../../ports/store/key-store.ts';
import { KEY_LEAD_MS } from '../limits.ts';

/** A signing key ready for use. */
export interface RingKey {
  readonly key: SigningKey;
  readonly jws: JwsKey;
}

/** The keys of the installation as one process holds them in memory. */
export interface OpenedRing {
  readonly revision: number;
  readonly signingKeys: ReadonlyMap<KeyId, RingKey>;
  readonly refreshKeys: ReadonlyMap<number, RefreshKey>;
  /** The same, oldest first, with the time from which rotations may issue under each. */
  readonly refreshKeyUses: readonly RefreshKeyUse[];
  readonly tokenIdKey: Uint8Array;
  readonly csrfKey: Uint8Array;
  /** What has signed the feed or will, oldest first. */
  readonly feedKeys: readonly FeedKeyUse[];
}

export interface RefreshKeyUse {
  readonly key: RefreshKey;
  readonly issuesFromMs: number;
}

export interface FeedKeyUse {
  readonly key: JwsKey;
  readonly signsFromMs: number;
}

/** The key that rotations issue under: the newest that every process knows by now; the first, if the clock was set back. */
export function issuingRefreshKey({ refreshKeyUses }: OpenedRing, nowMs: EpochMs): RefreshKey {
  const known = refreshKeyUses.filter(({ issuesFromMs }) => issuesFromMs <= nowMs);
  const use = known.at(-1) ?? refreshKeyUses[0];
  if (use === undefined) throw lostKeys();
  return use.key;
}

/** The key that signs the feed: the newest that every process knows by now; the first, if the clock was set back. */
export function signingFeedKey({ feedKeys }: OpenedRing, nowMs: EpochMs): JwsKey {
  const use = feedKeys.findLast(({ signsFromMs }) => signsFromMs <= nowMs) ?? feedKeys[0];
  if (use === undefined) throw lostKeys();
  return use.key;
}

function lostKeys(): ConfigurationError {
  return new ConfigurationError('The store has lost some of its keys. Restore it from a backup.');
}

export function signingKeyPurpose(id: KeyId): SealedPurpose {
  return { purpose: 'signing-key', id };
}

export function rootPurpose(root: Pick<StoredRoot, 'purpose' | 'version'>): SealedPurpose {
  return { purpose: `${root.purpose}-root`, id: String(root.version) };
}

/** Opens every row of the ring, or says which secret is wrong. */
export async function openRing(ring: KeyRing, wrapping: KeyWrapping, issuer: string): Promise<OpenedRing> {
  const signingKeys = new Map<KeyId, RingKey>();
  for (const stored of ring.signingKeys) {
    signingKeys.set(stored.key.id, await openSigningKey(stored, wrapping));
  }
  const refreshKeyUses: RefreshKeyUse[] = [];
  const feedKeys: FeedKeyUse[] = [];
  let tokenIdKey: Uint8Array | undefined;
  for (const root of ring.roots.toSorted((a, b) => a.version - b.version)) {
    const secret = await openOrRefuse(root.sealed, rootPurpose(root), wrapping);
    const inUseFromMs = root.createdMs + KEY_LEAD_MS;
    switch (root.purpose) {
      case 'token_id':
        tokenIdKey = secret;
        break;
      case 'refresh':
        refreshKeyUses.push({
          key: deriveRefreshKey(secret, root.version, issuer),
          issuesFromMs: inUseFromMs,
        });
        break;
      case 'feed':
        feedKeys.push({ key: deriveFeedKey(secret, root.version, issuer), signsFromMs: inUseFromMs });
        break;
    }
  }
  if (refreshKeyUses.length === 0 || tokenIdKey === undefined || feedKeys.length === 0) throw lostKeys();
  const refreshKeys = new Map(refreshKeyUses.map(({ key }) => [key.version, key]));
  return {
    revision: ring.revision,
    signingKeys,
    refreshKeys,
    refreshKeyUses,
    tokenIdKey,
    csrfKey: deriveCsrfKey(tokenIdKey, issuer),
    feedKeys,
  };
}

async function openSigningKey({ key, sealed }: StoredSigningKey, wrapping: KeyWrapping): Promise<RingKey> {
  const material = await openOrRefuse(sealed, signingKeyPurpose(key.id), wrapping);
  return { key, jws: createJwsKey(key.id, key.algorithm, material) };
}

/** The secret in a row; refuses one that lies under a secret which is not known, and one that was tampered with. */
export async function openOrRefuse(
  sealed: Uint8Array,
  purpose: SealedPurpose,
  wrapping: KeyWrapping,
): Promise<Uint8Array> {
  const result = await open(sealed, purpose, wrapping);
  switch (result.kind) {
    case 'opened':
      return result.secret;
    case 'other_key':
      throw new ConfigurationError(
        `The keys in this store were sealed under another secret (${result.keyId}; the one given is ${wrapping.keyId}). ` +
          'Set WATCHWORD_SECRET to the secret that the store was made with, or name that one in WATCHWORD_FORMER_SECRET while ' +
          'you change it (in development it is in the file beside the ' +
          'database whose name ends in `.secret`), or use another database.',
      );
    case 'damaged':
      throw new ConfigurationError(
        `The ${purpose.purpose} ${purpose.id} in this store is damaged or was moved there from another row. ` +
          'Restore the store from a backup.',
      );
  }
}
