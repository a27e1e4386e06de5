import type { RefreshRefusal } from '../../domain/events.ts';
import type { Session } from '../../domain/session.ts';
import { WatchwordError } from '../../errors/watchword-error.ts';
import type { MintedToken } from '../tokens/mint.ts';

/** What a client goes on with: the newest generation of its session, in the form that it is to have. */
export type Issued = IssuedTokens | IssuedOpaqueId;

interface IssuedGeneration {
  readonly session: Session;
  readonly generation: number;
}

/** The newest refresh token of the chain, and a fresh access token. */
export interface IssuedTokens extends IssuedGeneration {
  readonly form: 'token';
  readonly refreshToken: string;
  readonly accessToken: MintedToken;
}

/** The newest id of an opaque session, which is all that its browser has. */
export interface IssuedOpaqueId extends IssuedGeneration {
  readonly form: 'opaque';
  readonly opaqueId: string;
  /** When it is to be renewed: it is good for longer. */
  readonly expiresInSeconds: number;
}

/** Everything that can come of presenting a generation. Reuse is a result, not an exception. */
export type RefreshOutcome =
  | ({ readonly kind: 'rotated' | 'current' | 'resent' | 'resent_late' | 'moved_forward' } & Issued)
  | { readonly kind: 'reused'; readonly session: Session }
  | { readonly kind: 'ahead' }
  | { readonly kind: 'refused'; readonly reason: RefreshRefusal };

/** In a body there are tokens, whatever browsers are given. */
export function tokensOf(issued: Issued): IssuedTokens {
  if (issued.form === 'token') return issued;
  throw new WatchwordError('ERR_INTERNAL', { detail: 'an opaque id was issued where tokens are wanted' });
}
