/** A token that says this; the signature is bytes that nobody made. */
export function unsignedToken(header: object, claims: object, signature = 'c2ln'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}

export const GOOD_HEADER = { alg: 'ES256', kid: '46tdORaikTE8ecni', typ: 'at+jwt' };

/** What a good access token says, issued now. */
export function goodClaims(nowSeconds = Math.floor(Date.now() / 1000)) {
  return {
    iss: 'https://auth.example.com',
    sub: '01990a3c',
    aud: 'https://api.example.com',
    iat: nowSeconds,
    exp: nowSeconds + 900,
    jti: 'AaIAy9Bv9aCL7DemeXoKZg',
  };
}
