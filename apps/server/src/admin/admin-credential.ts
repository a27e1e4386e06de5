import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What lets a program into the admin API: the text of a secret that each start makes anew. */
export interface AdminCredential {
  readonly token: string;
  /** Whether the Authorization header carries it (RFC 6750 §2.1); it is looked for nowhere else. */
  isIn(authorization: string | undefined): boolean;
}

const TOKEN_BYTES = 32;
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

export function createAdminCredential(): AdminCredential {
  const token = `wwadm_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const digest = sha256(token);
  return {
    token,
    isIn(authorization) {
      const given = BEARER.exec(authorization ?? '')?.[1];
      // Digests have one length, and what their comparison would tell is no part of the secret.
      return given !== undefined && timingSafeEqual(sha256(given), digest);
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
