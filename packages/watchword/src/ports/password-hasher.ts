/** A memory-hard password hash with its parameters inside (PHC string). */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /**
   * Whether `password` was hashed to `hash`, by us or by a program of before. A hash that cannot be read is `false`, at the
   * same cost where possible.
   */
  verify(hash: string, password: string): Promise<boolean>;
  /** Whether `hash` is as we would make it now; one that is not is replaced when its password is known. */
  isCurrent(hash: string): boolean;
}
