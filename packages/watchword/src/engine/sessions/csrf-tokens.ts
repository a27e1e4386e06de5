import { createCsrfToken, isCsrfToken } from '../../crypto/csrf-token.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';

/** What only pages that can read a session's cookies can say. */
export interface CsrfTokens {
  /** The one token of a session. */
  of(sessionId: SessionId): string;
  isOf(sessionId: SessionId, text: string): boolean;
}

export function createCsrfTokens(keys: Pick<KeyKeeper, 'csrfKey'>): CsrfTokens {
  return {
    of: (sessionId) => createCsrfToken(sessionId, keys.csrfKey()),
    isOf: (sessionId, text) => isCsrfToken(text, sessionId, keys.csrfKey()),
  };
}
