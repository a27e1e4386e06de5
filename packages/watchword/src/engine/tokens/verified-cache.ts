import type { JwsVerificationKey } from '../../crypto/jws/jws-key.ts';
import type { RevocableWords } from '../revocation/view.ts';
import type { TokenKind } from './kinds.ts';
import type { ReadClaims } from './read-claims.ts';

/** A token whose signature and claims were found right: everything about it that does not change with time. */
export interface AuthenticToken {
  readonly kind: TokenKind;
  readonly key: JwsVerificationKey;
  readonly claims: ReadClaims;
  /** Its ids as the revocation tables have them, so that they are spelled out once. */
  words: RevocableWords | undefined;
}

/**
 * Remembers authentic tokens by their whole text, so that no two can be taken for each other. It holds at most `size`: when
 * one half is full the older half goes, and what is asked for again moves into the younger one.
 */
export class VerifiedCache {
  readonly #half: number;
  #younger = new Map<string, AuthenticToken>();
  #older = new Map<string, AuthenticToken>();

  constructor(size: number) {
    this.#half = Math.ceil(size / 2);
  }

  get(token: string): AuthenticToken | undefined {
    const young = this.#younger.get(token);
    if (young !== undefined) return young;
    const old = this.#older.get(token);
    if (old !== undefined) this.add(token, old);
    return old;
  }

  add(token: string, authentic: AuthenticToken): void {
    if (this.#younger.size >= this.#half) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(token, authentic);
  }
}
