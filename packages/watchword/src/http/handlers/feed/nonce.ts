import { NONCE_PATTERN } from '../../../domain/feed.ts';
import type { NeutralRequest, NeutralResponse } from '../../neutral.ts';
import { problem } from '../../problem.ts';

export type NonceReading =
  | { readonly kind: 'read'; readonly nonce: string | undefined }
  | { readonly kind: 'refused'; readonly response: NeutralResponse };

/** The parameter `nonce`, which may be left out and may be there once. */
export function readNonce({ query = '' }: NeutralRequest): NonceReading {
  const values = [...new URLSearchParams(query)].flatMap(([name, value]) =>
    name === 'nonce' ? [value] : [],
  );
  const [nonce] = values;
  if (values.length <= 1 && (nonce === undefined || NONCE_PATTERN.test(nonce)))
    return { kind: 'read', nonce };
  const errors = [{ member: 'nonce', problem: 'has 1 to 64 characters of base64url, and stands there once' }];
  return { kind: 'refused', response: problem('ERR_BODY_INVALID', { errors }) };
}
