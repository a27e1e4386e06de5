import type { RefreshRefusal } from '../../domain/events.ts';
import type { Session } from '../../domain/session.ts';
import type { MintedToken } from '../tokens/mint.ts';

/** How a client got its tokens: the newest refresh token of its chain, and a fresh access token. */
export interface IssuedTokens {
  readonly session: Session;
  readonly generation: number;
  readonly refreshToken: string;
  readonly accessToken: MintedToken;
}

/** Everything that can come of presenting a refresh token. Reuse is a result, not an exception. */
export type RefreshOutcome =
  | ({ readonly kind: 'rotated' | 'current' | 'resent' | 'resent_late' | 'moved_forward' } & IssuedTokens)
  | { readonly kind: 'reused'; readonly session: Session }
  | { readonly kind: 'ahead' }
  | { readonly kind: 'refused'; readonly reason: RefreshRefusal };
