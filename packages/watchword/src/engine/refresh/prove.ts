import {
  hasInnerTag,
  hasOuterTag,
  parseRefreshToken,
  type PresentedRefreshToken,
} from '../../crypto/refresh-token.ts';
import type { RefreshRefusal } from '../../domain/events.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { SessionReading } from '../../ports/store/session-store.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';

export type Proof =
  | { readonly kind: 'proven'; readonly token: PresentedRefreshToken; readonly reading: SessionReading }
  | { readonly kind: 'refused'; readonly reason: RefreshRefusal; readonly sessionId?: SessionId };

/** Shape, checksum, outer tag, row, inner tag, in this order: forgeries cost no look at the store. */
export async function proveRefreshToken(
  text: unknown,
  { store, events }: EngineContext,
  keys: KeyKeeper,
): Promise<Proof> {
  const token = parseRefreshToken(text);
  if (token === undefined) return { kind: 'refused', reason: 'malformed' };
  const key = keys.refreshKey(token.keyVersion);
  if (key === undefined || !hasOuterTag(token, key)) return { kind: 'refused', reason: 'forged' };
  const { sessionId } = token;
  const reading = await store.sessions.find(sessionId);
  if (reading === undefined) return { kind: 'refused', reason: 'unknown', sessionId };
  if (!hasInnerTag(token, reading.record.share)) {
    events.record('server_key_suspected', { sessionId });
    return { kind: 'refused', reason: 'forged', sessionId };
  }
  return { kind: 'proven', token, reading };
}
