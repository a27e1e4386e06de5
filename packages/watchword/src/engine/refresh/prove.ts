import type { ChainTextForm, PresentedText } from '../../crypto/chain-text.ts';
import { OPAQUE_ID } from '../../crypto/opaque-id.ts';
import { REFRESH_TOKEN } from '../../crypto/refresh-token.ts';
import type { RefreshRefusal } from '../../domain/events.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { SessionReading } from '../../ports/store/session-store.ts';
import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';

/** A generation of a session as it is presented: as a refresh token, or as the id of an opaque session. */
export interface Presented {
  readonly form: keyof typeof FORMS;
  readonly text: unknown;
}

/** Who presents the one form as the other has none of either. */
const FORMS = { token: REFRESH_TOKEN, opaque: OPAQUE_ID } satisfies Record<string, ChainTextForm>;

export type Proof =
  | { readonly kind: 'proven'; readonly token: PresentedText; readonly reading: SessionReading }
  | { readonly kind: 'refused'; readonly reason: RefreshRefusal; readonly sessionId?: SessionId };

/** What the server's key has made, so that a look at the store is worth while. */
export type Authentic =
  | { readonly kind: 'authentic'; readonly token: PresentedText }
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'unknown_key' | 'forged' };

/** Shape and checksum: nothing is proven yet. */
export function parsePresented({ form, text }: Presented): PresentedText | undefined {
  return FORMS[form].parse(text);
}

/** Shape, checksum, outer tag: what can be told without the store. */
export function authenticate(presented: Presented, keys: Pick<KeyKeeper, 'refreshKey'>): Authentic {
  const { form } = presented;
  const token = parsePresented(presented);
  if (token === undefined) return { kind: 'refused', reason: 'malformed' };
  const key = keys.refreshKey(token.keyVersion);
  if (key === undefined) return { kind: 'refused', reason: 'unknown_key' };
  if (!FORMS[form].hasOuterTag(token, key)) return { kind: 'refused', reason: 'forged' };
  return { kind: 'authentic', token };
}

/** Shape, checksum, outer tag, row, inner tag, in this order: forgeries cost no look at the store. */
export async function prove(presented: Presented, context: EngineContext, keys: KeyKeeper): Promise<Proof> {
  const authentic = authenticate(presented, keys);
  if (authentic.kind === 'authentic') return proveAuthentic(presented.form, authentic.token, context);
  const { reason } = authentic;
  return { kind: 'refused', reason: reason === 'malformed' ? reason : 'forged' };
}

/** The rest of it: row and inner tag. */
export async function proveAuthentic(
  form: Presented['form'],
  token: PresentedText,
  { store, events }: EngineContext,
): Promise<Proof> {
  const { sessionId } = token;
  const reading = await store.sessions.find(sessionId);
  if (reading === undefined) return { kind: 'refused', reason: 'unknown', sessionId };
  if (!FORMS[form].hasInnerTag(token, reading.record.share)) {
    events.record('server_key_suspected', { sessionId });
    return { kind: 'refused', reason: 'forged', sessionId };
  }
  return { kind: 'proven', token, reading };
}
