import type { JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import type { RevocableWords } from '../revocation/view.ts';
import type { TokenKind } from './kinds.ts';
import type { ReadClaims } from './read-claims.ts';
import type { TokenExpectations } from './verify.ts';

/** A token whose signature and claims were found right: everything about it that does not change with time. */
export interface AuthenticToken {
  readonly kind: TokenKind;
  readonly key: JwsVerificationKey;
  readonly claims: ReadClaims;
  /** Its ids as the revocation tables have them, so that they are spelled out once. */
  words: RevocableWords | undefined;
  /** The expectations whose audience and scope it was last found to have: nothing of that changes, and a guard asks the same again. */
  suited: TokenExpectations | undefined;
}
