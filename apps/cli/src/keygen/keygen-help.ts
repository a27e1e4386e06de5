/** What stands below the options in the help of `watchword keygen` and of each kind of key. 80 columns. */
export const KEYGEN_HELP = {
  keygen: `
Examples:
  $ watchword keygen                             32 random bytes in hex
  $ export WATCHWORD_SECRET=$(watchword keygen)  the same, for the server
  $ watchword keygen secret --bytes 64           for HS512
  $ watchword keygen ec                          a key for ES256, as a JWK
  $ watchword keygen ed25519 --format pem        PKCS#8, as OpenSSL writes it
  $ watchword keygen rsa --out signing.jwk       signing.jwk (0600) and
                                                 signing.jwk.pub (0644)

Which kind? A secret, if one program both signs and verifies. A key pair, if
others verify: ec is small and known everywhere, rsa is verified fastest,
ed25519 is small and simple where it is known.`,

  secret: `
Examples:
  $ watchword keygen secret
  $ watchword keygen secret --bytes 64 --format base64url
  $ watchword keygen secret --out watchword.secret
  $ WATCHWORD_SECRET_FILE=watchword.secret watchword serve
  $ echo "WATCHWORD_SECRET=$(watchword keygen)" >> .env   (never in git)`,

  rsa: `
Examples:
  $ watchword keygen rsa                       3072 bits, RS256, as a JWK
  $ watchword keygen rsa --bits 4096 --alg PS256
  $ watchword keygen rsa --format pem --out signing.pem
                                               signing.pem (PKCS#8) and
                                               signing.pem.pub (SPKI)
  $ watchword keygen rsa --json | jq .public   for a JWKS`,

  ec: `
Examples:
  $ watchword keygen ec                        P-256, ES256, as a JWK
  $ watchword keygen ec --curve P-384 --format pem
  $ watchword keygen ec --out signing.jwk --public
                                               the public half is also printed
  $ watchword keygen ec --json | jq .kid`,

  ed25519: `
Examples:
  $ watchword keygen ed25519                   EdDSA (RFC 8037), as a JWK
  $ watchword keygen ed25519 --alg Ed25519     the same, as RFC 9864 names it
  $ watchword keygen ed25519 --format pem --out signing.pem`,
} as const;
