/** A memory-hard password hash with its parameters inside (PHC string). */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Whether `password` was hashed to `hash`. A hash that cannot be read is `false`, at the same cost where possible. */
  verify(hash: string, password: string): Promise<boolean>;
}
