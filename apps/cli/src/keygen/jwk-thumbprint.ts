import { createHash, type JsonWebKey } from 'node:crypto';

/** RFC 7638 §3.2 and, for OKP, RFC 8037 §2: the members that count, in lexicographic order. */
const REQUIRED_MEMBERS: Readonly<Record<string, readonly (keyof JsonWebKey)[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** The SHA-256 thumbprint of a public or private key, as 43 characters of base64url: a name for it that needs no list. */
export function jwkThumbprint(jwk: JsonWebKey): string {
  const members = REQUIRED_MEMBERS[jwk.kty ?? ''];
  if (members === undefined) throw new TypeError(`no thumbprint is made of a key of type ${jwk.kty}`);
  // RFC 7638 §3.3: the members hold base64url and short names only, so that JSON.stringify is canonical here.
  const canonical = JSON.stringify(Object.fromEntries(members.map((member) => [member, jwk[member]])));
  return createHash('sha256').update(canonical).digest('base64url');
}
