import type { RevocationLifetimes } from '../../ports/store/revocation-log.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import { followStore, type Following } from './follow.ts';
import { startRelay } from './relay.ts';
import { createRevoker, type Revoker } from './revoke.ts';
import { createRevocationView, type RevocationView } from './view.ts';

/** This process's part in the log that all of an installation share: what it knows, how it learns, how it adds. */
export interface SharedLog {
  readonly view: RevocationView;
  readonly following: Following;
  readonly revoker: Revoker;
  stop(): void;
}

export async function joinLog(
  context: EngineContext,
  keys: KeyKeeper,
  lifetimes: () => Promise<RevocationLifetimes>,
  onRestored: () => void,
): Promise<SharedLog> {
  const view = createRevocationView(context.clock, context.events);
  const following = await followStore({ context, view, keys, onRestored });
  const relay = startRelay({ context, keys, following });
  const revoker = createRevoker(
    context,
    (result) => {
      relay.publish(result);
      following.committed(result);
    },
    lifetimes,
  );
  return {
    view,
    following,
    revoker,
    stop() {
      relay.stop();
      following.stop();
    },
  };
}
