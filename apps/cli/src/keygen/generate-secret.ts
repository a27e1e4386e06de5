import { randomBytes } from 'node:crypto';

/** Makes a secret for HMAC of `bytes` random bytes. */
export function generateSecret(bytes: number, format: SecretFormat): GeneratedSecret {
  return { kind: 'secret', bytes, format, secret: randomBytes(bytes).toString(format) };
}

export type SecretFormat = 'hex' | 'base64url';

export const SECRET_FORMATS: readonly SecretFormat[] = ['hex', 'base64url'];

/** RFC 7518 §3.2 wants a key at least as long as the hash: 32 bytes for HS256, 64 for HS512. More gains nothing. */
export const SECRET_BYTES = { least: 32, most: 64 } as const;

export interface GeneratedSecret {
  readonly kind: 'secret';
  readonly bytes: number;
  readonly format: SecretFormat;
  /** `bytes` random bytes as text: lower-case hex, or base64url without padding. */
  readonly secret: string;
}
