import { encodeBase64url } from '../../crypto/base64url.ts';
import { generateKeyMaterial } from '../../crypto/jws/key-material.ts';
import { seal, type SealedPurpose } from '../../crypto/sealed.ts';
import type { KeyId } from '../../domain/ids.ts';
import { announceKey, type SigningAlgorithm } from '../../domain/signing-key.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyWrapping } from '../../ports/key-wrapping.ts';
import type { Random } from '../../ports/random.ts';
import type { StoredRoot, StoredSigningKey } from '../../ports/store/key-store.ts';
import { openOrRefuse, rootPurpose, signingKeyPurpose } from './opened-ring.ts';

/** Makes fresh keys, sealed as they are stored. */
export interface KeyMaker {
  /** A signing key that is announced now and signs from `leadMs` later. */
  signingKey(algorithm: SigningAlgorithm, leadMs: number): Promise<StoredSigningKey>;
  root(purpose: StoredRoot['purpose'], version: number): Promise<StoredRoot>;
  /** The same secret, sealed under the newest secret of the installation. */
  reseal(sealed: Uint8Array, purpose: SealedPurpose): Promise<Uint8Array>;
}

const ROOT_BYTES = 32;
const KEY_ID_BYTES = 12;

export function createKeyMaker(clock: Clock, random: Random, wrapping: KeyWrapping): KeyMaker {
  return {
    async signingKey(algorithm, leadMs) {
      const id = createKeyId(random);
      const material = await generateKeyMaterial(algorithm, random);
      const sealed = await seal(material, signingKeyPurpose(id), wrapping, random);
      return { key: announceKey({ id, algorithm }, clock.nowMs(), leadMs), sealed };
    },
    async root(purpose, version) {
      const root = { purpose, version, createdMs: clock.nowMs() };
      return { ...root, sealed: await seal(random.bytes(ROOT_BYTES), rootPurpose(root), wrapping, random) };
    },
    async reseal(sealed, purpose) {
      return seal(await openOrRefuse(sealed, purpose, wrapping), purpose, wrapping, random);
    },
  };
}

/** It never begins with a hyphen, or a command would take it for an option. */
function createKeyId(random: Random): KeyId {
  for (;;) {
    const id = encodeBase64url(random.bytes(KEY_ID_BYTES)) as KeyId;
    if (!id.startsWith('-')) return id;
  }
}
