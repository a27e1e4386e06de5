import type { VerifiedToken } from 'watchword';

export type Verdict =
  | { readonly kind: 'verified'; readonly token: VerifiedToken }
  | { readonly kind: 'refused'; readonly code: string; readonly sentence: string };

export type Judge = (token: string) => Promise<Verdict>;

/** What was thrown about the token; anything else goes on. */
export function asVerdict(verify: () => VerifiedToken): Verdict {
  try {
    return { kind: 'verified', token: verify() };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const { code, message } = error;
    if (typeof code !== 'string' || !code.startsWith('ERR_TOKEN_')) throw error;
    const detail =
      'detail' in error && typeof error.detail === 'string' ? ` In detail: ${error.detail}.` : '';
    return { kind: 'refused', code, sentence: `${message}${detail}` };
  }
}
