/** Where the installation's one secret comes from. */
export interface SecretSource {
  /** For messages: `WATCHWORD_SECRET`, a file's path, the option `secret`. Never the secret. */
  readonly name: string;
  /** The secret as text: 32 to 64 random bytes in hex or base64url. */
  read(): Promise<string>;
}
