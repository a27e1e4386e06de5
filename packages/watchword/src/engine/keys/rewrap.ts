import { wrappingKeyIdOf } from '../../crypto/sealed.ts';
import type { KeyRing } from '../../ports/store/key-store.ts';
import type { KeyMaker } from './make-keys.ts';
import { rootPurpose, signingKeyPurpose } from './opened-ring.ts';
import type { PlannedChange } from './plan-change.ts';

export interface PlannedRewrap extends PlannedChange {
  readonly rows: number;
}

/** Seals each row anew that lies under a secret of before; `undefined` where there is none. */
export async function planRewrap(
  ring: KeyRing,
  newestKeyId: string,
  maker: KeyMaker,
): Promise<PlannedRewrap | undefined> {
  const isOld = ({ sealed }: { readonly sealed: Uint8Array }): boolean =>
    wrappingKeyIdOf(sealed) !== newestKeyId;
  const signingKeys = await Promise.all(
    ring.signingKeys.filter(isOld).map(async (stored) => {
      return { ...stored, sealed: await maker.reseal(stored.sealed, signingKeyPurpose(stored.key.id)) };
    }),
  );
  const roots = await Promise.all(
    ring.roots.filter(isOld).map(async (root) => {
      return { ...root, sealed: await maker.reseal(root.sealed, rootPurpose(root)) };
    }),
  );
  const rows = signingKeys.length + roots.length;
  return rows === 0 ? undefined : { change: { signingKeys, roots }, added: undefined, rows };
}
