import type { KeyId } from '../../domain/ids.ts';
import { compromiseKey, currentSigningKey, supersedeKey, type SigningKey } from '../../domain/signing-key.ts';
import type { EpochMs } from '../../domain/time.ts';
import { ArgumentError } from '../../errors/watchword-error.ts';
import type { KeyRing, KeyRingChange, StoredSigningKey } from '../../ports/store/key-store.ts';
import type { RevocationLifetimes } from '../../ports/store/revocation-log.ts';
import type { KeyMaker } from './make-keys.ts';

/** A change of the ring, computed from the ring as it was read; the key that it adds is named for the event. */
export interface PlannedChange {
  readonly change: Omit<KeyRingChange, 'expectedRevision'>;
  readonly added: SigningKey | undefined;
}

/** Adds `successor` and ends the signing of those before it once it begins. */
export function planRotation(
  ring: KeyRing,
  successor: StoredSigningKey,
  longestTokenMs: number,
): PlannedChange {
  const superseded = ring.signingKeys.flatMap((stored) => {
    const key = supersedeKey(stored.key, successor.key, longestTokenMs);
    return key === stored.key ? [] : [{ ...stored, key }];
  });
  return { change: { signingKeys: [successor, ...superseded], roots: [] }, added: successor.key };
}

/** Of a refresh key the version stands in one byte of each token. */
const HIGHEST_VERSION = 255;

/** Adds the next version of a root; those before it stay, for what was made under them. */
export async function planRootRotation(
  ring: KeyRing,
  purpose: 'refresh' | 'feed',
  maker: KeyMaker,
): Promise<PlannedChange & { readonly version: number }> {
  const versions = ring.roots.filter((root) => root.purpose === purpose).map((root) => root.version);
  const version = Math.max(0, ...versions) + 1;
  if (version > HIGHEST_VERSION) {
    throw new ArgumentError(
      `The ${purpose} key was rotated ${HIGHEST_VERSION} times, which is as often as it can be.`,
    );
  }
  return {
    change: { signingKeys: [], roots: [await maker.root(purpose, version)] },
    added: undefined,
    version,
  };
}

/** Kills a key, with its entry in the log, and replaces it if none is left to sign. */
export async function planCompromise(
  ring: KeyRing,
  id: KeyId,
  nowMs: EpochMs,
  maker: KeyMaker,
  lifetimes: RevocationLifetimes,
): Promise<PlannedChange> {
  const stored = ring.signingKeys.find(({ key }) => key.id === id);
  if (stored === undefined) {
    throw new ArgumentError('There is no signing key of that id; `keys.list()` shows those there are.');
  }
  const dead = { ...stored, key: compromiseKey(stored.key, nowMs) };
  const others = ring.signingKeys.filter((other) => other !== stored).map(({ key }) => key);
  const isLast = currentSigningKey(others, nowMs) === undefined;
  const replacement = isLast ? await maker.signingKey(stored.key.algorithm, 0) : undefined;
  return {
    change: {
      signingKeys: replacement === undefined ? [dead] : [dead, replacement],
      roots: [],
      revoke: { requests: [{ kind: 'key', keyId: id }], lifetimes },
    },
    added: replacement?.key,
  };
}
