import type { EngineContext } from '../context.ts';
import type { KeyKeeper } from '../keys/key-keeper.ts';
import type { Settler } from '../refresh/settle.ts';
import type { RevocationView } from '../revocation/view.ts';
import { ACCESS_TOKEN, customKind } from './kinds.ts';
import { createLegacyVerifier, type LegacyTokens } from './legacy-tokens.ts';
import { assertCustomType } from './reserved.ts';
import { createTokenVerifier, type TokenExpectations, type Verdict } from './verify.ts';

export interface InstallationTokensParts {
  readonly context: EngineContext;
  readonly keys: KeyKeeper;
  readonly view: RevocationView;
  readonly settler: Settler;
  readonly legacy: LegacyTokens | undefined;
}

/** Judges the tokens that this installation takes: its own, of all kinds, and those of the issuer before it. */
export interface InstallationTokens {
  /** An access token of our own. */
  verifyOwn(token: unknown, expected: TokenExpectations): Verdict;
  /** An access token of our own, or of the issuer before. */
  verify(token: unknown, expected: TokenExpectations): Verdict;
  verifyCustom(token: unknown, typ: string, expected: TokenExpectations): Verdict;
}

export function createInstallationTokens(parts: InstallationTokensParts): InstallationTokens {
  const { context, keys, view, settler, legacy } = parts;
  const { settings, clock, events } = context;
  const { issuer, audience, tokenCacheSize } = settings;
  const verifier = createTokenVerifier({ issuer, clock, keys, view, cacheSize: tokenCacheSize });
  const formerVerifier = legacy && createLegacyVerifier({ legacy, audience, clock, events, keys, view });

  function verifyOwn(token: unknown, expected: TokenExpectations): Verdict {
    const verdict = verifier.verify(token, ACCESS_TOKEN, expected);
    if (verdict.kind === 'verified') settler.noteUse(verdict.token);
    return verdict;
  }

  return {
    verifyOwn,
    verify(token, expected) {
      const verdict = verifyOwn(token, expected);
      const isForeign = verdict.kind === 'refused' && verdict.code === 'ERR_TOKEN_TYPE';
      return isForeign && formerVerifier !== undefined ? formerVerifier.verify(token, expected) : verdict;
    },
    verifyCustom(token, typ, expected) {
      assertCustomType(typ);
      return verifier.verify(token, customKind(typ), expected);
    },
  };
}
